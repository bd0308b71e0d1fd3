// import { follow } from './follow-in-a-page.mjs'
// follow('https://feed.example/v1/elections/pcc.2024-05-02', (name, said, cursor) => { … })
// Tells a snapshot, then each event once: result, control, tally, headline. A page that keeps what it was told keeps
// the last cursor with it, and gives it as the third argument when it is opened again: no snapshot is told then.
const EVENTS = ['result', 'control', 'tally', 'headline']
export async function follow(election, tell, cursor) {
  const again = (from) => setTimeout(follow, 1000 + 4000 * Math.random(), election, tell, from)
  if (!cursor) {
    try {
      const answer = await fetch(`${election}/snapshot`)
      if (!answer.ok) return again()
      const snapshot = await answer.json()
      tell('snapshot', snapshot, (cursor = snapshot.cursor))
    } catch {
      return again()
    }
  }
  const source = new EventSource(`${election}/events?after=${cursor}`)
  const listen = (name, take) => source.addEventListener(name, take)
  for (const name of EVENTS) listen(name, ({ data, lastEventId }) => tell(name, JSON.parse(data), (cursor = lastEventId)))
  listen('resnapshot', () => again(source.close())) // Closed: it must not come again by itself.
  listen('error', () => {
    // After a break it comes again by itself, from where it was; not after an answer like 503.
    if (source.readyState === EventSource.CLOSED) again(cursor)
  })
}
