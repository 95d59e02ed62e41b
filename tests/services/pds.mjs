// One more server of accounts (PDS) in a network; prints its address as one line of JSON, ends with SIGTERM.
// node --import ./loopback.mjs pds.mjs http://localhost:PLC-PORT
import { TestPds } from '@atproto/dev-env'

const pds = await TestPds.create({ didPlcUrl: process.argv[2] })
console.log(JSON.stringify({ pds: pds.url }))

const stop = async () => {
  await pds.close().catch((error) => console.error(error))
  process.exit(0)
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)
