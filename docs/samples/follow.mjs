// node follow.mjs http://127.0.0.1:8480/v1/elections/pcc.2024-05-02 night.tsv
import { appendFileSync, readFileSync, truncateSync } from 'node:fs'
const [election, file] = process.argv.slice(2)
appendFileSync(file, '') // A line is a cursor, a tab and what was told.
truncateSync(file, readFileSync(file).lastIndexOf('\n') + 1) // Without one that was cut off.
let cursor = readFileSync(file, 'utf8').split('\n').at(-2)?.split('\t')[0]
for (let wait = 1000; ; await new Promise((done) => setTimeout(done, wait))) {
  const stop = new AbortController()
  const silence = setTimeout(() => stop.abort('nothing came'), 60_000) // Something does every 15 seconds.
  try {
    if (!cursor) {
      const snapshot = await (await fetch(`${election}/snapshot`, { signal: stop.signal })).text()
      if (!(cursor = JSON.parse(snapshot).cursor)) throw snapshot
      appendFileSync(file, `${cursor}\t${snapshot}\n`)
    }
    const answer = await fetch(`${election}/events`, { headers: { 'Last-Event-ID': cursor }, signal: stop.signal })
    if (!answer.ok) throw await answer.text()
    let blocks = ['']
    for await (const part of answer.body.pipeThrough(new TextDecoderStream())) {
      blocks = (blocks.at(-1) + part).split('\n\n') // The last one is not complete yet.
      for (const block of blocks.slice(0, -1)) {
        const { event, data, id, retry } = Object.fromEntries(block.split('\n').map((line) => line.split(/: ?(.*)/, 2)))
        if (/^(result|control|tally|headline)$/.test(event)) appendFileSync(file, `${id}\t${data}\n`)
        cursor = event === 'resnapshot' ? undefined : (id ?? cursor)
        wait = Math.max(1000, retry ?? wait)
      }
      silence.refresh()
    }
  } catch (error) { console.error(error) } finally { clearTimeout(silence) }
}
