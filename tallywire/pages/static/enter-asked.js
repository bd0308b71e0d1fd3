// What is asked of the server, and kept for when there is no connection: who somebody is, their contests, and forms.
import { NotSignedIn, asked, kept, keyOf, signIn } from './people.js'
import { t } from './words.js'

export let election = ''
export let who = null
export let contests = []
/** Since when the election is closed; null while it is open. */
export let closed = null
export let online = navigator.onLine !== false
export const forms = new Map()

export async function getForm(ballot, fresh = false) {
  const id = `form:${election}/${ballot}`
  if (forms.has(id) && !fresh) return forms.get(id)
  try {
    const answer = await fetch(`/v1/elections/${election}/contests/${ballot}/form`, {
      cache: 'no-store',
      signal: AbortSignal.timeout(8000),
    })
    if (!answer.ok) throw new Error(String(answer.status))
    const form = await answer.json()
    forms.set(id, form)
    await kept.put('kept', { id, form })
  } catch (error) {
    const form = forms.get(id) ?? (await kept.get('kept', id))?.form
    if (!form) throw error
    forms.set(id, form)
  }
  return forms.get(id)
}

export async function identify() {
  const of = election
  who = null
  try {
    const found = await signIn(of)
    // Another election may have been chosen meanwhile.
    if (of === election) who = found
    setOnline(true)
    await kept.put('kept', { id: `who:${of}`, who: found })
  } catch (error) {
    if (error instanceof NotSignedIn && error.status !== 503 && error.status !== 429) return error
    setOnline(false)
    const before = (await kept.get('kept', `who:${of}`))?.who ?? null
    if (of === election) who = before
  }
  return null
}

export async function getContests() {
  const of = election
  try {
    const answer = await asked(of, `/enter/${of}/contests`)
    if (!answer.ok) throw new Error(String(answer.status))
    const { contests: found, closed_since: since = null } = await answer.json()
    if (of === election) {
      contests = found
      closed = since
    }
    setOnline(true)
    await kept.put('kept', { id: `contests:${of}`, contests: found, closed: since })
  } catch {
    setOnline(navigator.onLine !== false && online)
    const before = await kept.get('kept', `contests:${of}`)
    if (before && of === election) {
      contests = before.contests
      closed = before.closed ?? null
    }
  }
  return contests
}

export async function getReadings(ballot, revision) {
  try {
    const answer = await asked(election, `/enter/${election}/contests/${ballot}/readings/${revision}`)
    return answer.ok ? (await answer.json()).readings : null
  } catch {
    return null
  }
}

export const has_own = (ballot) => !who?.contests || who.contests.includes(ballot)

/** Somebody at the desk corrects what was declared, with a reason; the rest of the desk is a page of its own. */
export const atDesk = () => who?.role === 'desk'
export const may = (action) =>
  ({
    'second-person': ['enter', 'cite'],
    clerk: ['enter'],
    'returning-officer': ['enter', 'cite', 'declare', 'withdraw', 'recount'],
    desk: ['declare'],
  })[who?.role]?.includes(action) ?? false

export function setOnline(now) {
  online = now
  const net = document.getElementById('net')
  if (!net) return
  net.classList.toggle('off', !now)
  net.lastChild.textContent = t(now ? 'net.on' : 'net.off')
}

/** The key of this browser for the election. */
export let mine = null

/** Take an election; who is signed in, and where, is asked anew. */
export function choose(id) {
  election = id
  who = null
  contests = []
  closed = null
}

export async function findKey() {
  mine = await keyOf(election)
  return mine
}
