// Signing and sending.
import { election, setOnline } from './enter-asked.js'
import { draft, dropSent, save } from './enter-drafts.js'
import { go, leaving, place, set, shown, viewFailed } from './enter-page.js'
import { kept, outbox, post, signedEvent } from './people.js'
import { t } from './words.js'

let signing = false
export const sending = new Map()

/** Sign and send; of the same figures that are under way or were taken already, show what became of them. */
export async function sign(form, type, data, instead = false) {
  if (signing) return
  signing = true
  const of = election
  const gone = leaving()
  const typed = draft
  const { saved } = typed ?? {}
  try {
    const same = (await outbox(of)).find(
      (one) =>
        one.type === type &&
        one.subject === form.ballot_id &&
        one.end !== 'refused' &&
        JSON.stringify(JSON.parse(one.body).data) === JSON.stringify(data),
    )
    const event = same ?? (await signedEvent(type, form.ballot_id, data, { election: of, test: form.test, source: '/tallywire/enter' }))
    if (!same) await kept.put('outbox', { ...event, tries: 0, end: 'not-sent', kind: data.kind })
    // What was typed since, or is typed of another contest by now, was not sent.
    if (draft && draft === typed && draft.saved === saved) save(event.id)
    send(event)
    if (!gone()) go(form.ballot_id, 'end', event.id, instead)
  } catch (error) {
    viewFailed(error)
  } finally {
    signing = false
  }
}

export function send(event) {
  if (sending.has(event.id)) return
  sending.set(event.id, 'looking')
  const failed = (error) => {
    sending.delete(event.id)
    if (place().id === event.id) viewFailed(error)
    else console.info(error)
  }
  const told = (record) => {
    sending.set(event.id, record)
    if (place().id === event.id) redrawEnd(record)
  }
  post(event.election, event, told).then(async (record) => {
    sending.delete(event.id)
    setOnline(record.end !== 'not-sent')
    // What stands is no draft any more; of everything else the figures stay filled in.
    if (record.end === 'sent' && record.receipt.status !== 'entered') await dropSent(record)
    if (place().id === event.id) redrawEnd(record)
  }, failed)
}

export async function resume() {
  for (const one of await outbox(election)) if (one.end === 'trying') send(one)
}

let drawn = ''

/** Note what the end on the page was drawn from. */
export function hasDrawn(key) {
  drawn = key
}

/** What an end is drawn from; each try has a place of its own on the stream, which shows nowhere. */
export const keyOfEnd = (record) =>
  JSON.stringify([
    record.id,
    record.end,
    { ...record.receipt, entry_id: null },
    record.problem,
    sending.get(record.id) === 'looking' && record.end === 'not-sent',
  ])

function redrawEnd(record) {
  const key = keyOfEnd(record)
  if (key === drawn) {
    set('tries', triesOf(record))
    return
  }
  if (place().view === 'end') {
    shown.focus = drawn.slice(0, 60) !== key.slice(0, 60)
    shown.draw()
  } else if (['declare', 'differences'].includes(place().view)) shown.draw()
}

export function triesOf(record) {
  return record.next
    ? t('trying.tries', { n: record.tries, seconds: Math.max(0, Math.round((record.next - Date.now()) / 1000)) })
    : t('trying.now', { n: record.tries })
}
