// Keys of people, what they sign with them, and what becomes of what they send. The entry page and the desk share it.
// It holds no rule of elections. A key is made in the browser and cannot be taken out of it (WebCrypto, IndexedDB).

// ---- what is kept in the browser ----
// keys: one for each election. outbox: what was signed, until somebody has read what became of it. drafts, kept: the page's own.
const STORES = { keys: 'election', outbox: 'id', drafts: 'id', kept: 'id' }
let opened
function database() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open('tallywire', 1)
    asked.onupgradeneeded = () => { for (const [name, keyPath] of Object.entries(STORES)) asked.result.createObjectStore(name, { keyPath }) }
    asked.onsuccess = () => { asked.result.onversionchange = () => { asked.result.close(); opened = undefined }; resolve(asked.result) }
    asked.onerror = () => { opened = undefined; reject(asked.error) }
  })
  return opened
}
async function within(store, mode, work) {
  const db = await database()
  return new Promise((resolve, reject) => {
    // Strict: on the disk, not only with the operating system, for batteries end.
    const transaction = db.transaction(store, mode, { durability: 'strict' })
    const asked = work(transaction.objectStore(store))
    transaction.oncomplete = () => resolve(asked.result)
    transaction.onabort = transaction.onerror = () => reject(transaction.error ?? asked.error)
  })
}
export const kept = {
  get: (store, key) => within(store, 'readonly', (s) => s.get(key)),
  all: (store) => within(store, 'readonly', (s) => s.getAll()),
  put: (store, value) => within(store, 'readwrite', (s) => s.put(value)),
  delete: (store, key) => within(store, 'readwrite', (s) => s.delete(key)),
}

// ---- keys ----
const utf8 = new TextEncoder()
export const b64u = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
const sha256 = (bytes) => crypto.subtle.digest('SHA-256', bytes)
const hex = (bytes) => [...new Uint8Array(bytes)].map((b) => b.toString(16).padStart(2, '0')).join('')

/** Why no key can be made or used here: 'insecure' (plain HTTP from elsewhere), 'unsupported'; null where it can. */
export async function whyNoKey() {
  if (!globalThis.isSecureContext || !crypto.subtle || !globalThis.indexedDB) return globalThis.isSecureContext ? 'unsupported' : 'insecure'
  try { await crypto.subtle.generateKey({ name: 'Ed25519' }, false, ['sign', 'verify']); return null } catch { return 'unsupported' }
}
/** The id of a key: the thumbprint of its JWK (RFC 7638). */
export const thumbprint = async (x) => b64u(await sha256(utf8.encode(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`)))
export const keyOf = (election) => kept.get('keys', election)
export const allKeys = () => kept.all('keys')
/** Make the key for an election and keep it: {election, kid, x, secret}. It takes the place of one that is there. */
export async function makeKey(election) {
  const pair = await crypto.subtle.generateKey({ name: 'Ed25519' }, false, ['sign', 'verify'])
  const x = b64u(await crypto.subtle.exportKey('raw', pair.publicKey))
  const key = { election, kid: await thumbprint(x), x, secret: pair.privateKey, made: new Date().toISOString() }
  await kept.put('keys', key)
  navigator.storage?.persist?.().catch(() => {})
  return key
}
export const keepKey = (key) => kept.put('keys', key)
export const forgetKey = (election) => kept.delete('keys', election)

async function signed(key, text, bytes) {
  const before = utf8.encode(text), whole = new Uint8Array(before.length + bytes.length)
  whole.set(before)
  whole.set(bytes, before.length)
  return b64u(await crypto.subtle.sign({ name: 'Ed25519' }, key.secret, whole))
}
/** A signature of an event's bytes: a detached JWS with an unencoded payload, whose header has exactly these members. */
export async function sign(key, bytes) {
  const head = b64u(utf8.encode(JSON.stringify({ alg: 'Ed25519', b64: false, crit: ['b64'], kid: key.kid })))
  return `${head}..${await signed(key, head + '.', bytes)}`
}
/** A proof for signing in: a JWS in compact form, with a type of its own, so that it can never be taken for an event. */
async function proof(key, said) {
  const head = b64u(utf8.encode(JSON.stringify({ alg: 'Ed25519', kid: key.kid, typ: 'tallywire-session+jws' })))
  const payload = b64u(utf8.encode(JSON.stringify(said)))
  return `${head}.${payload}.${await signed(key, `${head}.${payload}`, new Uint8Array())}`
}

// ---- time ----
// The server's clock judges what is signed, and clocks of phones are off: its Date header says by how much.
let ahead = 0
export const serverNow = () => new Date(Date.now() - ahead)
function hear(response) {
  const date = Date.parse(response.headers.get('date') ?? '')
  // It tells whole seconds; less than two is no difference.
  if (date) ahead = Math.abs(Date.now() - date) < 2000 ? 0 : Date.now() - date
  return response
}

// ---- signed messages ----
/**
 * An event, signed: {id, election, type, subject, body, signature, digest, time}. The bytes are made once; every try sends these.
 * @param {string} type such as 'declaration', 'entry', 'confirmation', 'amendment'
 * @param {{election: string, test?: boolean, source?: string}} where
 */
export async function signedEvent(type, subject, data, { election, test = false, source = '/tallywire/pages' }) {
  const key = await keyOf(election)
  if (!key) throw new Error('There is no key for this election in this browser.')
  // Never before what was signed here already: of two, the later one counts, and a clock may have been put right in between.
  const latest = (await outbox(election)).reduce((time, one) => Math.max(time, Date.parse(one.time)), 0)
  const id = crypto.randomUUID(), time = new Date(Math.max(serverNow().getTime(), latest + 1)).toISOString()
  const event = { specversion: '1.0', id, source, type: `tallywire.${type}.v1`, subject, time, election, ...(test ? { test } : {}), data }
  const body = JSON.stringify(event), bytes = utf8.encode(body)
  const signature = await sign(key, bytes)
  const digest = hex(await sha256(utf8.encode(`${signature}\n${body}`)))
  return { id, election, type, subject, body, signature, digest, time }
}
/** The same as a file that `tallywire declare` takes on another device: the signature is the first line. */
export const asFile = (event) => new File([`${event.signature}\n${event.body}`], `${event.subject}.signed`, { type: 'text/plain' })

/** Six characters of a digest to say on the telephone, in pairs: five bits each, none that looks like another. */
export function receiptCode(digest) {
  const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ', bits = parseInt(digest.slice(0, 8), 16) >>> 2
  return [25, 20, 15, 10, 5, 0].map((shift) => ALPHABET[(bits >>> shift) & 31]).join('').replace(/..(?=.)/g, '$&\u00a0')
}
export const inPairs = (text) => text.replace(/..(?=.)/g, '$& ')

// ---- what becomes of it ----
const at = (election) => `/v1/elections/${encodeURIComponent(election)}`
const pause = (ms, signal) => new Promise((resolve) => {
  const end = () => { clearTimeout(timer); removeEventListener('online', end); signal?.removeEventListener('abort', end); resolve() }
  const timer = setTimeout(end, ms)
  addEventListener('online', end)
  signal?.addEventListener('abort', end)
})
const ask = (path, options = {}, seconds = 20) => fetch(path, { cache: 'no-store', redirect: 'error', credentials: 'same-origin', ...options, signal: AbortSignal.timeout(seconds * 1000) }).then(hear)
const isJson = (response) => /json/.test(response.headers.get('content-type') ?? '')

/** Whether the service can be reached now. What a hall's own network answers in its place is no answer. */
export async function reachable(election, seconds = 6) {
  if (navigator.onLine === false) return false
  try { const answer = await ask(`/enter/${election}/loaded`, {}, seconds); return answer.ok && (await answer.json()).loaded === true } catch { return false }
}

/** What one try came to: {end: 'sent'|'held'|'refused', receipt|problem}; null where nobody knows yet. */
async function once(event) {
  let answer, said
  try {
    answer = await ask(`${at(event.election)}/declarations`, {
      method: 'POST', body: event.body,
      headers: { 'Content-Type': 'application/cloudevents+json', 'Tallywire-Signature': event.signature, Prefer: 'wait=10' },
    }, 25)
    if (!isJson(answer)) return null
    said = await answer.json()
  } catch { return null }
  if (answer.ok) {
    const receipt = said.data
    // Another event's receipt, or the word of something in between, is none.
    if (receipt?.event_id !== event.id) return null
    if (['accepted', 'duplicate', 'entered'].includes(receipt.status)) return { end: 'sent', receipt }
    return receipt.status === 'held' ? { end: 'held', receipt } : null
  }
  if (answer.status >= 500 || answer.status === 429 || answer.status === 408) return null
  return { end: 'refused', problem: said }
}

/**
 * Send a signed event until it is known what became of it. The ends:
 *   not-sent  there was no connection, so nothing was tried; send it with `post` again
 *   trying    it may or may not have arrived: told to `told` at each try; never returned, but when `signal` ends it
 *   sent      received and taken (receipt.status is accepted, duplicate, or entered)
 *   held      received; somebody else has to look at it first
 *   refused   received, and not taken; `problem` says why
 * It is written down before it is tried, so that a page that is closed goes on with `pending`. Every try sends the same bytes.
 * @returns {Promise<object>} the record: {…event, end, tries, at, receipt, problem, next}
 */
export async function post(election, event, told = () => {}, { signal } = {}) {
  let record = (await kept.get('outbox', event.id)) ?? { ...event, election, tries: 0, end: 'not-sent' }
  const say = async (change) => { record = { ...record, ...change }; await kept.put('outbox', record); told(record); return record }
  if (record.tries === 0 && !(await reachable(election))) return say({ end: 'not-sent', next: null })
  for (let wait = 1000; ; wait = Math.min(wait * 2, 30000)) {
    if (signal?.aborted) return record
    // Also a record that is 'sent' is asked for again, which does no harm; but it never goes back to 'trying'.
    await say(['sent', 'held', 'refused'].includes(record.end) ? {} : { end: 'trying', tries: record.tries + 1, next: null })
    const found = await once(record)
    if (found) return say({ problem: null, receipt: null, ...found, at: serverNow().toISOString(), next: null })
    if (['sent', 'held', 'refused'].includes(record.end)) return record
    await say({ next: Date.now() + wait })
    await pause(wait, signal)
  }
}
/** What was signed in this browser and is kept, the latest first. */
export const outbox = async (election) => (await kept.all('outbox')).filter((one) => one.election === election).sort((a, b) => (a.time < b.time ? 1 : -1))
export const forgetSent = (id) => kept.delete('outbox', id)

// ---- signing in ----
export class NotSignedIn extends Error {
  constructor(status, problem) { super(problem?.detail ?? String(status)); this.status = status; this.problem = problem }
}
async function told(answer) {
  const said = isJson(answer) ? await answer.json().catch(() => null) : null
  if (!answer.ok) throw new NotSignedIn(answer.status, said)
  return said
}
/** Sign in with this browser's key; return who it is: {person, role, contests, name, …}. Throws NotSignedIn, or TypeError without a network. */
export async function signIn(election) {
  const key = await keyOf(election)
  if (!key) throw new NotSignedIn(401, { detail: 'There is no key for this election in this browser.' })
  const { challenge } = await told(await ask(`${at(election)}/sessions/challenge`, { method: 'POST' }))
  const body = JSON.stringify({ proof: await proof(key, { challenge, election, origin: location.origin }) })
  return told(await ask(`${at(election)}/sessions`, { method: 'POST', body, headers: { 'Content-Type': 'application/json' } }))
}
/** Who is signed in; null where nobody is. */
export async function whoIsIn(election) {
  const answer = await ask(`${at(election)}/sessions`)
  return answer.status === 401 || answer.status === 403 ? null : told(answer)
}
export async function signOut(election) { await ask(`${at(election)}/sessions`, { method: 'DELETE' }) }
/** Ask the service as whoever is signed in; where the session has ended, sign in again and ask once more. */
export async function asked(election, path, options = {}) {
  const answer = await ask(path, options)
  if (answer.status !== 401) return answer
  await signIn(election)
  return ask(path, options)
}

// ---- enrolment ----
/** Ask for this key to be enrolled, with an invitation. Throws NotSignedIn with the service's words. */
export async function requestEnrolment(key, name, token) {
  const salt = b64u(crypto.getRandomValues(new Uint8Array(16)))
  const request = { type: 'tallywire.key-request.v1', key_id: key.kid, public_key: key.x, name, salt, invitation: token }
  // Kept with the key: an invitation takes the same request again, and no other.
  const made = key.request?.token === token ? key.request : null
  const body = made?.body ?? JSON.stringify(request)
  const signature = made?.signature ?? await sign(key, utf8.encode(body))
  await keepKey({ ...key, name, request: { token, body, signature } })
  return told(await ask(`${at(key.election)}/enrolments`, { method: 'POST', body, headers: { 'Content-Type': 'application/json', 'Tallywire-Signature': signature } }))
}
