// Drafts, in two places at each keystroke: one is written before the next line runs, the other is on the disk.
import { election } from './enter-asked.js'
import { kept } from './people.js'
import { clock, t } from './words.js'

export const draftId = (ballot) => `${election}/${ballot}`
export let draft = null
let writing = Promise.resolve()
let waiting = false

export async function openDraft(ballot) {
  const id = draftId(ballot)
  if (draft?.id === id) return draft
  let quick = null
  try {
    quick = JSON.parse(localStorage.getItem(`tallywire.draft.${id}`))
  } catch {
    /* the other one, then */
  }
  const slow = await kept.get('drafts', id).catch(() => null)
  draft = [quick, slow].filter(Boolean).sort((a, b) => (a.saved < b.saved ? 1 : -1))[0] ?? { id, text: {} }
  return draft
}

export function save(sent) {
  draft.saved = new Date().toISOString()
  // What was sent as it is, is no draft; the next keystroke makes it one again.
  draft.sent = sent
  try {
    localStorage.setItem(`tallywire.draft.${draft.id}`, JSON.stringify(draft))
  } catch {
    /* full: the other one is kept */
  }
  if (!waiting) {
    waiting = true
    writing = writing
      .then(() => {
        waiting = false
        return kept.put('drafts', structuredClone(draft))
      })
      .catch(() => {})
  }
  const said = document.getElementById('saved')
  if (said) said.textContent = t('draft.saved', { time: clock(draft.saved) })
}

/** Drop a draft; with the id of an event, only where what it sent is still what is there: another may have been begun since. */
export async function dropDraft(ballot, event) {
  const id = draftId(ballot)
  if (event && (draft?.id === id ? draft : await kept.get('drafts', id))?.sent !== event) return
  try {
    localStorage.removeItem(`tallywire.draft.${id}`)
  } catch {
    /* nothing there */
  }
  if (draft?.id === id) draft = null
  await writing
  await kept.delete('drafts', id)
}

export const newDraft = (ballot, values) => {
  draft = { id: draftId(ballot), text: {}, ...values }
  save()
}

export const begun = (one) => one && !one.sent && (Object.values(one.text ?? {}).some((text) => text !== '') || one.kind)
