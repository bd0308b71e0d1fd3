// The desk. It shows what the server says and signs what a person decides; it holds no rule of elections.
// Every two seconds it asks for the parts that differ. New rows wait behind one button while somebody reads.
import { asked, keyOf, kept, NotSignedIn, post, signedEvent, signIn, signOut, whyNoKey } from './people.js'
import { h } from './elements.js'
import { morph } from './following.js'
import { read } from './numbers.js'

const EVERY = 2000
const PARTS = ['strip', 'list', 'services', 'overdue', 'now', 'case']
const main = document.getElementById('main'), at = (id) => document.getElementById(id)
const { election, page } = main.dataset
const test = main.dataset.test === 'true'

// ---- what needs script is shown by it ----
const show = (root = document) => {
  for (const one of root.querySelectorAll('.needs-script')) one.hidden = false
  for (const one of root.querySelectorAll('.needs-no-script')) one.hidden = true
}
show()

// ---- saying what became of something ----
function say(place, end, heading, ...lines) {
  if (!place) return
  place.dataset.end = end
  place.replaceChildren(h('b', {}, heading), ...lines.filter(Boolean).map((line) => h('span', {}, `${line} `)))
}
const clock = (time) => new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(new Date(time))

/** Sign a message and send it; say at each step what is known. Return how it ended. */
async function send(place, type, subject, data) {
  say(place, 'trying', 'Signing.', 'Nothing has been sent yet.')
  let event
  try {
    event = await signedEvent(type, subject, data, { election, test, source: '/tallywire/desk' })
  } catch (error) {
    say(place, 'not-sent', 'Not sent.', error.message, 'Nothing has left this browser.')
    return 'not-sent'
  }
  const record = await post(election, event, ({ end, tries }) => {
    if (end === 'trying') say(place, end, 'Trying. Do not send again.', tries > 1 ? `Attempt ${tries}. It may or may not have arrived.` : 'It may or may not have arrived.')
  })
  const problem = record.problem, when = record.at ? `at ${clock(record.at)}` : ''
  if (record.end === 'sent') say(place, 'sent', `Done ${when}.`, 'It is signed with your key, and on the ledger.')
  else if (record.end === 'held') say(place, 'held', `Received ${when}, and held.`, 'It is not published yet: another person has to confirm it.')
  else if (record.end === 'refused') {
    const reasons = problem?.reasons ?? []
    const late = reasons.some((one) => one.code.startsWith('hold.'))
    say(place, 'refused', late ? 'Somebody else was first.' : 'Refused.', ...(reasons.length ? reasons.map((one) => one.message) : [problem?.detail]), late ? 'Yours changed nothing.' : 'Nothing was published.')
  } else say(place, 'not-sent', 'Not sent.', 'There is no connection. Nothing has left this browser.')
  return record.end
}

// ---- what a person does ----
/** The reason that was given; null, and said, where there is none. */
function reasonIn(form) {
  const field = form.querySelector('textarea'), reason = field.value.trim()
  if (reason) return reason
  say(at('told'), 'missing', 'Give a reason first.', 'It is kept on the ledger with your id.')
  field.focus()
  return null
}
/** The numbers in fields; null, and said, where one cannot be read. Empty fields are left out. */
function numbersIn(fields) {
  const found = {}
  for (const field of fields) {
    field.removeAttribute('aria-invalid')
    const told = read(field.value)
    if (told.empty) continue
    if (told.fault) {
      field.setAttribute('aria-invalid', 'true')
      field.closest('details').open = true
      field.focus()
      say(at('told'), 'missing', 'One figure cannot be read.', `“${told.shown}” at ${field.labels[0]?.textContent}: write it with digits, as 7290 or 7,290.`)
      return null
    }
    found[field.name] = told.value
  }
  return found
}
/** What a form adds to a message; null where it cannot be read. */
function added(button) {
  const form = button.closest('li').querySelector('details')
  if (!button.dataset.form) return {}
  const numbers = numbersIn(form.querySelectorAll('input[inputmode=numeric]'))
  if (!numbers) { form.open = true; return null }
  // Only what differs from what the page was shown with.
  const changes = {}
  for (const field of form.querySelectorAll('input')) {
    if (field.value.trim() !== field.defaultValue && field.value.trim()) changes[field.name] = field.inputMode === 'numeric' ? numbers[field.name] : field.value.trim()
  }
  return changes
}
let busy = false, fresh = 0
/** Empty a form that was sent; what has been written since then stays. */
function empty(form, sent) {
  const since = [...sent].map(([field, value]) => [field, field.value, value]).filter(([, now, then]) => now !== then)
  form.reset()
  for (const [field, now] of since) field.value = now
}
async function act(button) {
  const form = button.closest('form'), reason = reasonIn(form)
  if (!reason || busy) return
  const event = JSON.parse(button.dataset.event), more = added(button)
  if (!more) return
  if (button.dataset.form && !Object.keys(more).length) { button.closest('li').querySelector('details').open = true; say(at('told'), 'missing', 'Nothing is changed yet.', 'Write what is to change.'); return }
  busy = true
  const why = form.querySelector('textarea'), sent = new Map([...form.querySelectorAll('input')].map((field) => [field, field.value]))
  // What is written while it is under way would be the reason of nothing.
  why.readOnly = true
  for (const one of form.querySelectorAll('button')) one.disabled = true
  const end = await send(at('told'), event.type, form.dataset.ballot, { ...event.data, ...more, reason })
  busy = false
  // What was asked for before is older than this.
  answered = questions += 1
  why.readOnly = false
  for (const one of form.querySelectorAll('button')) one.disabled = end === 'sent' || end === 'held'
  if (end === 'not-sent') return
  if (end === 'refused') why.value = ''
  else empty(form, sent)
  // The page is read anew at most once a second, and publishing follows a moment later.
  fresh = Date.now() + 10000
  setTimeout(() => look(), 1100)
}
main.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-event]')
  if (button) act(button)
})
// Figures are corrected where they are entered: on the same page, with the same fields.
main.addEventListener('click', async (event) => {
  const link = event.target.closest('a[data-correct]')
  if (!link || event.ctrlKey || event.metaKey) return
  event.preventDefault()
  await kept.put('kept', { id: `correct:${election}/${link.closest('form').dataset.ballot}`, ...JSON.parse(link.dataset.correct) })
  location.assign(link.href)
})
for (const one of document.querySelectorAll('button[data-enrol]')) one.addEventListener('click', async () => {
  const data = JSON.parse(one.dataset.enrol)
  one.disabled = true
  if (await send(at('told'), 'key', data.key_id, data) === 'not-sent') one.disabled = false
})
const retired = new Set()
/** Pressed twice, the second would be refused, and hide that the first is done; another key can be chosen then. */
const allowRetiring = () => { at('retiring').querySelector('button').disabled = busy || retired.has(at('key-id').value) }
at('key-id')?.addEventListener('change', allowRetiring)
at('retiring')?.addEventListener('submit', async (event) => {
  event.preventDefault()
  const reason = reasonIn(event.target), id = at('key-id').value
  if (!reason || busy) return
  busy = true
  allowRetiring()
  if (await send(at('told'), 'key', id, { action: 'retire', key_id: id, reason }) === 'sent') retired.add(id)
  busy = false
  allowRetiring()
})
// What is under way is not left by mistake: this page alone says what became of it.
addEventListener('beforeunload', (event) => { if (busy && !ended) event.preventDefault() })

// ---- signing in and out ----
async function enter() {
  const told = at('told'), why = await whyNoKey()
  if (why) return say(told, 'missing', 'This browser cannot use a key here.', why === 'insecure' ? 'Open the address that begins with https://.' : 'Use a current Chrome, Edge, Firefox or Safari.')
  if (!await keyOf(election)) return say(told, 'missing', 'There is no key for this election in this browser.', 'Ask the operator for a link.')
  try { await signIn(election); location.reload() } catch (error) {
    say(told, 'refused', 'Not signed in.', error instanceof NotSignedIn ? error.message : 'The service cannot be reached.')
  }
}
at('sign-in')?.addEventListener('submit', (event) => { event.preventDefault(); enter() })
const out = at('out')
if (out) { out.hidden = false; out.addEventListener('click', async () => { await signOut(election); location.reload() }) }

// ---- what is new ----
const setting = (name, otherwise) => { try { return localStorage.getItem(`desk.${name}`) ?? otherwise } catch { return otherwise } }
const keep = (name, value) => { try { localStorage.setItem(`desk.${name}`, value) } catch { /* a private window keeps nothing */ } }
const ttl = at('ttl'), snd = at('snd'), button = at('new'), bare = document.title.replace(/\(\d+\) /, '')
let context = null, waiting = null, count = document.querySelectorAll('#list .work > li').length
function beep() {
  context ??= new AudioContext()
  const tone = context.createOscillator(), gain = context.createGain()
  tone.frequency.value = 660
  gain.gain.value = .08
  tone.connect(gain).connect(context.destination)
  tone.start()
  tone.stop(context.currentTime + .18)
}
const mark = () => { if (ttl) document.title = ttl.checked && count ? bare.replace(/^(REHEARSAL )?/, `$1(${count}) `) : bare }
if (ttl) {
  ttl.checked = setting('title', 'yes') === 'yes'
  ttl.addEventListener('change', () => { keep('title', ttl.checked ? 'yes' : 'no'); mark() })
  // A press is what lets a page sound, so it is asked for anew each time.
  snd.addEventListener('change', () => { if (snd.checked) beep() })
  mark()
}

// ---- following ----
const rows = (root) => new Map([...root.querySelectorAll('.work > li')].map((row) => [row.id, row]))
const parsed = (html) => { const made = document.createElement('template'); made.innerHTML = html; return made.content }
/** Change what an element has in it, touching only what differs. */
function fill(place, html) {
  const wanted = place.cloneNode(false)
  wanted.append(...parsed(html).childNodes)
  morph(place, wanted)
}
/** Whether somebody reads: the list has the focus or the pointer, or the page is scrolled, or a reason is being written. */
const reads = () => at('list').matches(':hover, :focus-within') || window.scrollY > 40 || Boolean(at('why')?.value)
function list(html, had) {
  const fresh = parsed(html), shown = rows(at('list')), coming = rows(fresh)
  const more = [...coming.keys()].filter((id) => !shown.has(id))
  if (more.length && snd.checked && more.length > had) beep()
  if (!more.length || !reads()) { fill(at('list'), html); waiting = null; button.hidden = true; return true }
  // What has gone is struck, what is new waits: nothing moves under the reader.
  for (const [id, row] of shown) {
    const gone = !coming.has(id)
    row.classList.toggle('gone', gone)
    if (gone) row.querySelector('.tag').textContent = 'No longer'
  }
  waiting = html
  button.hidden = false
  button.textContent = `Show ${more.length} new`
  return false
}
button?.addEventListener('click', () => {
  fill(at('list'), waiting)
  waiting = null
  button.hidden = true
  at('list').querySelector('a')?.focus()
})
/** Whether somebody is at work on the case: a reason or an amendment is being written, or something is under way. */
const atWork = () => busy || Boolean(at('why')?.value) || [...document.querySelectorAll('#case input')].some((field) => field.value !== field.defaultValue)
let wanted = false // somebody has asked for the case as it is now
/** Put a part in the place of the one that is shown, unless somebody is at work in it. */
function put(id, html, digest) {
  const place = at(id)
  if (id === 'list') { if (list(html, waiting ? rows(parsed(waiting)).size - rows(place).size : 0)) place.dataset.digest = digest; return }
  const inside = place.contains(document.activeElement) || (id === 'case' && atWork())
  // What is under way says how it ended in the case that is shown.
  const now = id === 'case' && !busy && (wanted || (Date.now() < fresh && !at('why')?.value))
  if (inside && !now) { if (id === 'case') at('changed').hidden = false; return }
  const told = id === 'case' ? at('told')?.cloneNode(true) : null, focused = document.activeElement
  fill(place, html)
  place.dataset.digest = digest
  show(place)
  if (id === 'case') {
    at('changed').hidden = true
    wanted = false
    // Whoever was in it stays in it: its heading says what it is now.
    if (inside && !place.contains(focused)) at('c-h')?.focus({ preventScroll: true })
    // What became of the last action stays in sight.
    if (now && told?.textContent) at('told')?.replaceWith(told)
  }
}
at('changed')?.querySelector('button').addEventListener('click', () => {
  if (!busy && at('why')) at('why').value = ''
  wanted = true
  look()
})

let failing = 0, ended = false, ahead = 0, questions = 0, answered = 0
async function look() {
  const have = PARTS.map((id) => `${id}:${at(id).dataset.digest}`).join(',')
  const query = new URLSearchParams({ have, ...(main.dataset.contest ? { contest: main.dataset.contest } : {}) })
  const question = ++questions
  try {
    const answer = await asked(election, `/desk/${encodeURIComponent(election)}/changes?${query}`)
    if (!answer.ok) throw new Error(String(answer.status))
    const said = await answer.json()
    // An answer that comes late is older than what is shown.
    if (question < answered) return
    answered = question
    ahead = Date.parse(said.time) - Date.now()
    count = said.count
    for (const [id, part] of Object.entries(said.parts)) put(id, part.html, part.digest)
    // It is again as it is shown.
    if (!said.parts.case) { at('changed').hidden = true; wanted = false }
    mark()
    failing = 0
    at('state').textContent = ''
  } catch (error) {
    // The key was retired, or the session ended by the operator: nothing of it stays on the screen.
    if (error instanceof NotSignedIn && !ended) { ended = true; location.reload(); return }
    failing += 1
    if (failing > 2) at('state').textContent = `The service does not answer. What is shown is from ${clock(Date.now() + ahead)} or before; trying again.`
  }
}
/** Ages are counted here: what the server sends does not change while nothing happens. */
function ages() {
  const now = Date.now() + ahead
  for (const one of document.querySelectorAll('time[data-age][datetime]')) {
    const s = Math.max(0, Math.round((now - Date.parse(one.dateTime)) / 1000)), h = Math.floor(s / 3600), m = Math.floor(s / 60)
    const text = s < 60 ? `${s} s` : m < 60 ? `${m} min` : h < 24 ? `${h} h ${m % 60} min` : `${Math.floor(h / 24)} d`
    if (one.textContent !== text) one.textContent = text
  }
  const server = document.querySelector('time[data-clock]')
  if (server) server.textContent = clock(now)
}
async function follow() {
  for (;;) {
    await new Promise((done) => setTimeout(done, document.hidden ? 5 * EVERY : EVERY))
    if (ended) return
    await look()
  }
}
if (page === 'desk') {
  ahead = Date.parse(main.dataset.now) - Date.now()
  setInterval(ages, 1000)
  // On a telephone the case is below the list.
  if (main.dataset.contest && matchMedia('(max-width: 59.99rem)').matches) document.querySelector('.case').scrollIntoView()
  follow()
}
