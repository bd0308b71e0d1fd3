// Drafts, in two places at each keystroke: one is written before the next line runs, the other is on the disk.
import { election } from './enter-asked.js'
import { place } from './enter-page.js'
import { kept } from './people.js'
import { clock, t } from './words.js'

export const draftId = (ballot) => `${election}/${ballot}`
export let draft = null
let writing = Promise.resolve()
/** The draft that is written next. */
let waiting = null

/** Open the draft of a contest; nothing of it where somebody has gone elsewhere, or typed, before it was read. */
export async function openDraft(ballot, gone) {
  const id = draftId(ballot)
  if (draft?.id === id) return
  let quick = null
  try {
    quick = JSON.parse(localStorage.getItem(`tallywire.draft.${id}`))
  } catch {
    /* the other one, then */
  }
  const slow = await kept.get('drafts', id).catch(() => null)
  if (gone() || draft?.id === id) return
  draft = [quick, slow].filter(Boolean).sort((a, b) => (a.saved < b.saved ? 1 : -1))[0] ?? { id, text: {} }
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
  const one = draft
  if (waiting !== one) {
    waiting = one
    writing = writing
      .then(() => {
        if (waiting === one) waiting = null
        return kept.put('drafts', structuredClone(one))
      })
      .catch(() => {})
  }
  const said = document.getElementById('saved')
  if (said) said.textContent = t('draft.saved', { time: clock(draft.saved) })
}

/** Drop the draft of a contest. */
export const dropDraft = (ballot) => drop(draftId(ballot))

/**
 * Drop the draft of what was sent: only where it is still what is there, because another may have been begun since, and where
 * nobody looks at it, because what they type next belongs to it.
 */
export async function dropSent(record) {
  const id = `${record.election}/${record.subject}`
  const stored = draft?.id === id ? null : await kept.get('drafts', id)
  const at = place()
  const looked = at.e === record.election && at.ballot === record.subject && at.view !== 'end'
  if (!looked && (draft?.id === id ? draft : stored)?.sent === record.id) await drop(id)
}

async function drop(id) {
  try {
    localStorage.removeItem(`tallywire.draft.${id}`)
  } catch {
    /* nothing there */
  }
  if (draft?.id === id) draft = null
  // In turn: what is begun anew at once is written after it.
  writing = writing.then(() => kept.delete('drafts', id)).catch(() => {})
  await writing
}

export const newDraft = (ballot, values) => {
  draft = { id: draftId(ballot), text: {}, ...values }
  save()
}

export const begun = (one) => one && !one.sent && (Object.values(one.text ?? {}).some((text) => text !== '') || one.kind)
