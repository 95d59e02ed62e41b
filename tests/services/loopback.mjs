// Preload: every TCP server of this process listens on the loopback interface only.
import net from 'node:net'

const listen = net.Server.prototype.listen

net.Server.prototype.listen = function (...given) {
  const [first] = given
  if (first && typeof first === 'object' && 'port' in first && !first.path) {
    return listen.call(this, { ...first, host: '127.0.0.1' }, ...given.slice(1))
  }
  const isPort = typeof first === 'number' || /^\d+$/.test(String(first))
  const done = given.find((one) => typeof one === 'function')
  if (isPort || first === undefined || typeof first === 'function') {
    return listen.call(this, { port: isPort ? Number(first) : 0, host: '127.0.0.1' }, ...(done ? [done] : []))
  }
  return listen.apply(this, given)
}
