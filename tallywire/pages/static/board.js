// The script of the board's pages. They are complete without it; it adds: following the election, pausing, playing the
// night again, arrow keys and a line of details on the map.
import { $, Sheet, follow, morph, parsed, set } from './following.js'

const feed = $('feed')
const more = $('feed-more')
const pause = $('pause')

// ---- headlines: while somebody reads further down, new ones wait -----------------------------------------------------

const list = $('headlines')
const box = list?.closest('.feedbox')
const newer = $('newer')
let coming = null // the list as it is to be, where it is not drawn whole

/** Whether new rows at the top would move what somebody reads. */
function reading() {
  const scrolled = box && box.scrollHeight > box.clientHeight && box.scrollTop > 4
  return scrolled || list.getBoundingClientRect().top < 0 || (box ?? list).contains(document.activeElement)
}
function hold(html) {
  if (!reading()) {
    coming = null
    return false
  }
  const want = parsed(html, list)
  const known = new Map([...list.children].map((each) => [each.id, each]))
  let news = 0
  for (const row of [...want.children]) {
    const have = known.get(row.id)
    if (have) morph(have, row)
    else if (row.id) news += 1
  }
  coming = news ? html : null
  if (news) set(newer, `${news} new`)
  return Boolean(news)
}
function showNewer() {
  if (newer) newer.hidden = !coming
}
function release() {
  if (!coming) return
  const html = coming
  coming = null
  morph(list, parsed(html, list))
  showNewer()
}
newer?.addEventListener('click', () => {
  release()
  if (box) {
    box.scrollTop = 0
    box.focus({ preventScroll: true })
  }
  list.scrollIntoView({ block: 'nearest' })
})
const unread = () => list && coming && !reading() && release()
box?.addEventListener('scroll', unread, { passive: true })
addEventListener('scroll', unread, { passive: true })
list?.addEventListener('focusout', () => setTimeout(unread))

// ---- the map: one tab stop, arrows to the nearest, and a line about what is pointed at -------------------------------

const readout = $('readout')
let pointed = null

function show(link) {
  const row = $(link.id.replace('h-', 'r-'))
  if (!row || !readout) return
  document.querySelector('[data-pointed]')?.removeAttribute('data-pointed')
  link.setAttribute('data-pointed', '')
  pointed = link
  const [name, result, ...figures] = row.cells
  const copied = (cell) => [...cell.childNodes].map((each) => each.cloneNode(true))
  const line = document.createElement('div')
  const bold = document.createElement('b')
  bold.textContent = name.textContent
  const [first, second] = [document.createElement('p'), document.createElement('p')]
  first.append(bold)
  second.append(...copied(result))
  const heads = row.closest('table').tHead.rows[0].cells
  for (const cell of figures) {
    const [what, unit = ''] = heads[cell.cellIndex].textContent.toLowerCase().split(/,? (?=%|points)/)
    const figure = cell.textContent.trim().replace(/^[\d.,]+/, (number) => (unit ? `${number}\u00a0${unit}` : number))
    if (figure) second.append(`, ${what} ${figure}`)
  }
  line.append(first, second)
  if (readout.innerHTML !== line.innerHTML) readout.replaceChildren(...line.childNodes)
}
/** Whether the reader is on the map; else its line is of the last declaration. */
function pointing() {
  const on = pointed?.isConnected && pointed.closest('.hexes, .tiles').matches(':hover, :focus-within')
  if (!on && pointed) {
    pointed.removeAttribute('data-pointed')
    pointed = null
  }
  return on
}
function nearest(links, from, [right, down]) {
  const middle = (link) => {
    const { x, y, width, height } = link.getBoundingClientRect()
    return [x + width / 2, y + height / 2]
  }
  const [x, y] = middle(from)
  let best = null
  let least = Infinity
  for (const link of links) {
    const [u, v] = middle(link)
    const along = (u - x) * right + (v - y) * down
    const across = Math.abs((u - x) * down) + Math.abs((v - y) * right)
    if (along > 1 && along + 2 * across < least) {
      least = along + 2 * across
      best = link
    }
  }
  return best
}
for (const map of document.querySelectorAll('.hexes, .tiles')) {
  const links = () => map.querySelectorAll('a[id^="h-"]')
  const at = (event) => event.target.closest?.('a[id^="h-"]')
  for (const [place, link] of links().entries()) link.setAttribute('tabindex', place ? '-1' : '0')
  for (const kind of ['pointerover', 'focusin']) {
    map.addEventListener(kind, (event) => {
      const link = at(event)
      if (link) show(link)
    })
  }
  map.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key]
    const from = at(event)
    if (!step || !from || event.altKey || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    const next = nearest(links(), from, step)
    if (!next) return
    from.setAttribute('tabindex', '-1')
    next.setAttribute('tabindex', '0')
    next.focus()
  })
}

// ---- following, and pausing ------------------------------------------------------------------------------------------

const clock = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  timeZoneName: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})
const TROUBLES = {
  away: 'The service cannot reach the election',
  rebuilding: 'The service is reading the election anew',
  broken: 'The service cannot read the election',
}

const sheet = new Sheet({
  kept: (id, html) => (id === 'headlines' ? !again && hold(html) : id === 'readout' && pointing()),
  drawn() {
    showNewer()
    if (slider && !again) position()
    if (pointing()) show(pointed)
  },
})
let again = !('live' in sheet.main.dataset) // the night is played again, or the page was asked for a past moment

/** Say how the feed is. What changes often stands beside the words that are read aloud. */
function tell(dot, words, beside) {
  const mark = feed?.querySelector('.dot')
  if (mark && mark.className !== `dot ${dot}`) mark.className = `dot ${dot}`
  set(feed?.querySelector('span'), words)
  set(more, beside)
}
function say({ waiting, paused, held, quiet, since, trouble }) {
  if (again) return
  const note = $('state-note')
  if (note) note.hidden = !quiet && !trouble
  const last = sheet.time && `Last change at ${sheet.time}`
  const shown = last || `Shown: ${$('count')?.textContent ?? sheet.shown}`
  const wait = waiting === 1 ? '1 change waits' : `${waiting} changes wait`
  if (quiet) tell('old', since ? `No news since ${clock.format(since)}; trying again` : 'No connection; trying again', shown)
  else if (trouble) tell('old', TROUBLES[trouble], shown)
  else if (paused) tell('replay', 'Paused', waiting ? wait : last)
  else if (held && waiting) tell('replay', 'Held while you select or press', wait)
  else tell('live', 'Live', last)
}

let pressed = false
addEventListener('pointerdown', (event) => (pressed = Boolean(event.target.closest?.('a, button, summary, label'))))
for (const kind of ['pointerup', 'pointercancel']) {
  addEventListener(kind, () => {
    pressed = false
    // After the click.
    setTimeout(() => following?.look())
  })
}
document.addEventListener('selectionchange', () => getSelection().isCollapsed && following?.look())

/** Whether a change now would come between the reader and what is being clicked or selected. */
function holding() {
  const selected = getSelection()
  return pressed || (!selected.isCollapsed && sheet.main.contains(selected.anchorNode))
}

const following = again ? null : follow(sheet, { holding, said: say })
let paused = false
if (pause && following) {
  pause.hidden = false
  pause.addEventListener('click', () => {
    paused = !paused
    set(pause, paused ? 'Go on' : 'Pause updates')
    following.pause(paused)
  })
}

// ---- what is overdue: it becomes so by the clock, not by news --------------------------------------------------------

const OVERDUE_MS = 30000

async function refreshOverdue() {
  const late = $('overdue')
  if (again || document.hidden || holding() || !late) return
  try {
    const answer = await fetch(`${location.pathname}/overdue`, { signal: AbortSignal.timeout(20000) })
    if (answer.status === 404) clearInterval(overdue)
    const html = answer.ok && (await answer.text())
    if (html && !again && !paused && !holding()) morph(late, parsed(html, late))
  } catch {
    // It is said beside the feed that the service is away.
  }
}
const overdue = following && $('overdue') ? setInterval(refreshOverdue, OVERDUE_MS) : 0

// ---- the night again -------------------------------------------------------------------------------------------------

const STEP_MS = 400 // between two drawings of a night that plays
const GAP_MS = 2000 // the longest that playing waits for the next moment

const slider = $('t')
const play = $('go')
const minutes = $('speed')
const election = sheet.main.dataset.election
const dated = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  timeZoneName: 'short',
  day: 'numeric',
  month: 'long',
  hour: '2-digit',
  minute: '2-digit',
})
let night = null // what night.json says: the moments, in columns
let places = [] // where each moment is on the slider
let index = 0 // the moment that is wanted
let drawing = null // what is being drawn
let playing = 0 // the timer
let played = 0 // the election's time while it plays, in seconds

/** Fetch the moments of the night. */
async function load() {
  if (night) return
  const answer = await fetch(`/elections/${election}/night.json`, { signal: AbortSignal.timeout(20000) })
  if (!answer.ok) throw new Error(`${answer.status}`)
  night = await answer.json()
  measure()
  const at = night.cursors.indexOf(sheet.shown)
  index = at < 0 ? night.cursors.length - 1 : at
}
/** Say where each moment is: the server has drawn the strip on the same scale. */
function measure() {
  const { begin, minutes: wide, late = '' } = slider.dataset
  const ordered = night.times.every((time) => time === null)
  if (ordered) slider.max = night.cursors.length
  const later = late.trim() ? late.trim().split(' ').map((each) => each.split(':').map(Number)) : []
  places = night.times.map((time, number) => {
    if (ordered) return number + 1
    const minute = Math.trunc(((time ?? 0) - Number(begin)) / 60)
    if (minute < Number(wide) || !later.length) return Math.min(Math.max(0, minute), Number(slider.max))
    return later.findLast(([, from]) => from <= time)?.[0] ?? later[0][0]
  })
}
/** Put the slider to the moment that is shown: the server has said where that is. */
function position() {
  const { x, place } = $('night-at').dataset
  slider.value = 'places' in slider.dataset ? place : x
}
function words(number) {
  const time = night.times[number]
  return `${time === null ? '' : `${dated.format(time * 1000)}, `}${night.declared[number]} declared`
}
/** Show a moment; while another one is being drawn, the last one that is wanted meanwhile is next. */
function go(number, hand = false) {
  index = Math.min(Math.max(number, 0), night.cursors.length - 1)
  slider.setAttribute('aria-valuetext', words(index))
  if (!hand) slider.value = places[index]
  drawing ??= drawWanted().finally(() => (drawing = null))
  return drawing
}
async function drawWanted() {
  try {
    do await turn(night.cursors[index])
    while (sheet.shown !== night.cursors[index])
    replay()
  } catch {
    stop()
    tell('old', 'This moment could not be fetched; try again', '')
  }
}
async function turn(cursor) {
  if (again && sheet.shown === cursor) return
  // A page that has followed the election knows nothing of what is later than its moment: it is made anew.
  const changed = again ? await sheet.fetch(cursor) : undefined
  if (!again) leaveLive()
  if (!changed || !sheet.draw(changed)) {
    await sheet.renew(cursor)
    measure()
  }
  anchor(cursor)
}
function leaveLive() {
  again = true
  following?.pause(true)
  coming = null
  if (pause) pause.hidden = true
  showNewer()
}
/** Let links and forms of the page stay at its moment, as those that the server writes. */
function anchor(cursor) {
  for (const input of sheet.main.querySelectorAll('input[name="at"]')) input.setAttribute('value', cursor)
  const board = `/elections/${election}`
  for (const link of sheet.main.querySelectorAll(`a[href^="${board}"]`)) {
    const [, path, mark] = link.getAttribute('href').match(/^([^?#]*)(?:\?at=[^#]*)?(#.*)?$/) ?? []
    if (path === board || path?.startsWith(`${board}/`)) link.setAttribute('href', `${path}?at=${cursor}${mark ?? ''}`)
  }
}
/** Say that the night is played again. */
function replay() {
  tell('replay', `Replay, ${playing ? 'playing' : 'paused'}`, `Shown as it stood at ${sheet.time || sheet.shown}`)
  const latest = $('latest')
  if (latest) latest.hidden = false
}
/** Write the moment into the address. */
function address() {
  const here = new URL(location.href)
  here.searchParams.set('at', night.cursors[index])
  history.replaceState(null, '', here)
}
function stop() {
  if (!playing) return
  clearInterval(playing)
  playing = 0
  set(play.querySelector('span'), 'Play')
  address()
  replay()
}
function step() {
  const [time, next] = [night.times[index], night.times[index + 1]]
  const passes = (Number(minutes.value) * 60 * STEP_MS) / 1000
  played = Math.max(played + passes, time ?? 0)
  if (next === null || next === undefined) go(index + 1)
  else {
    // Hours in which nothing happened are not waited for.
    if (next > played) played = Math.max(played, next - (passes * GAP_MS) / STEP_MS)
    let number = index
    while (night.times[number + 1] !== undefined && night.times[number + 1] <= played) number += 1
    if (number !== index) go(number)
  }
  if (index === night.cursors.length - 1) stop()
}
if (slider) {
  $('play').hidden = false
  const wanted = () => {
    const found = places.findLastIndex((place) => place <= Number(slider.value))
    return Math.max(found, 0)
  }
  slider.addEventListener('input', async () => {
    await load()
    go(wanted(), true)
  })
  slider.addEventListener('change', async () => {
    await load()
    await go(wanted(), true)
    address()
  })
  slider.addEventListener('keydown', async (event) => {
    const way = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key]
    if (!way || event.altKey || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    await load()
    await go(index + way)
    address()
  })
  play.addEventListener('click', async () => {
    if (playing) return stop()
    await load()
    if (index === night.cursors.length - 1) index = 0
    played = night.times[index] ?? 0
    set(play.querySelector('span'), 'Pause')
    playing = setInterval(step, STEP_MS)
    go(index)
  })
  position()
}
