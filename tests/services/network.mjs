// A whole AT Protocol network (PLC, PDS, AppView) on free ports; prints its addresses as one line of JSON, ends with SIGTERM.
// DB_POSTGRES_URL=postgresql://... REDIS_HOST=127.0.0.1:6380 node --import ./loopback.mjs network.mjs
import { TestNetwork } from '@atproto/dev-env'

const letters = () => Math.random().toString(36).replace(/[^a-z]/g, '')
const network = await TestNetwork.create({ dbPostgresSchema: `clew_${letters()}` })
const { pds, plc, bsky } = network
console.log(JSON.stringify({ pds: pds.url, plc: plc.url, appview: bsky.url }))

const stop = async () => {
  await network.close().catch((error) => console.error(error))
  process.exit(0)
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)
