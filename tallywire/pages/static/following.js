// What every page that follows an election is made with: it hears of a new moment, fetches the parts that differ, and
// changes the page in place. It counts nothing and holds no rule: all that is shown was written by the server.
//
// Elements with the attribute data-own are the script's: what the server says of them is not looked at.

const AFTER_MS = 300 // from the first news to the drawing: what comes at the same time is drawn at once
const EVERY_MS = 1000 // between two drawings
const HIDDEN_MS = 10000 // the same, while nobody sees the page
const QUIET_MS = 20000 // without a word, after which the feed is not alive; the server says one every 15 s
const DEAD_MS = 45000 // after which another page of this browser takes over from one that says nothing
const JUMP_MS = 5000 // more than that between two clocks: the computer has slept

export const $ = (id) => document.getElementById(id)

// The attributes that what the reader does may change.
const READERS = new Set(['open', 'tabindex', 'data-pointed', 'aria-valuetext'])

/** Set a text where it is another. */
export function set(node, text) {
  if (node && node.textContent !== text) node.textContent = text
}

/** Change a node into another one, touching only what differs; elements with an id are moved, and not made anew. */
export function morph(have, want) {
  if (have.isEqualNode(want)) return
  if (have.nodeName !== want.nodeName) return have.replaceWith(want)
  if (have.nodeType !== Node.ELEMENT_NODE) {
    if (have.data !== want.data) have.data = want.data
    return
  }
  if (want.hasAttribute('data-own')) return
  for (const { name } of [...have.attributes]) {
    if (!want.hasAttribute(name) && !READERS.has(name)) have.removeAttribute(name)
  }
  for (const { name, value } of want.attributes) {
    if (have.getAttribute(name) !== value && !READERS.has(name)) have.setAttribute(name, value)
  }
  morphChildren(have, want)
}

function morphChildren(have, want) {
  const known = new Map([...have.children].filter((each) => each.id).map((each) => [each.id, each]))
  const wanted = new Set([...want.children].map((each) => each.id))
  let at = have.firstChild
  const remove = () => {
    const gone = at
    at = at.nextSibling
    gone.remove()
  }
  for (const next of [...want.childNodes]) {
    while (at?.id && !wanted.has(at.id)) remove()
    const same = next.id ? known.get(next.id) : at && !at.id && at.nodeName === next.nodeName ? at : null
    if (!same) {
      have.insertBefore(next, at)
      continue
    }
    if (same !== at && same.contains(document.activeElement)) {
      // What is moved loses the focus: so the others are.
      while (at !== same) {
        const other = at
        at = at.nextSibling
        have.append(other)
      }
    }
    if (same === at) at = at.nextSibling
    else have.insertBefore(same, at)
    morph(same, next)
  }
  while (at) remove()
}

/** Return the element that a part's HTML is. */
export function parsed(html, like) {
  const template = document.createElement('template')
  const drawn = like instanceof SVGElement
  template.innerHTML = drawn ? `<svg>${html}</svg>` : html
  return drawn ? template.content.firstElementChild.firstElementChild : template.content.firstElementChild
}

/** Change the parts of the page; return whether all of them have a place on it. */
function draw(parts, kept) {
  // Whoever decides what is kept looks where things stand: once a part has changed, all would be laid out for that.
  const wanted = Object.entries(parts).filter(([id, html]) => html === null || !$(id) || !kept(id, html))
  for (const [id, html] of wanted) {
    const have = $(id)
    if (html === null) have?.remove()
    else if (!have) return false
    else morph(have, parsed(html, have))
  }
  return true
}

/** Whether a cursor is further than another. Each begins with the number of the last ledger entry: l15.r12. */
function further(cursor, other) {
  const [one, two] = [cursor, other].map((each) => Number.parseInt(each.slice(1), 10))
  return one > two || (one === two && cursor !== other)
}

/**
 * Hear what the feed says: over one connection for all pages of this browser that show the election. The page that has
 * the lock is connected, and tells the others; when it goes, another one gets the lock. Where a browser has no locks,
 * each page is connected.
 */
function hear(election, place, heard) {
  const name = `tallywire ${election}`
  const shared = 'locks' in navigator && 'BroadcastChannel' in window
  const channel = shared ? new BroadcastChannel(name) : null
  let source = null
  let leave = null // ends having the lock
  let queue = null // ends waiting for it
  let again = 0
  let tries = 0
  let triedAt = 0
  let toldAt = performance.now()
  let alive = null

  function tell(said) {
    toldAt = performance.now()
    if (said.kind === 'alive') alive = { said, at: toldAt }
    channel?.postMessage(said)
    heard(said)
  }
  function close() {
    clearTimeout(again)
    source?.close()
    source = null
  }
  function open() {
    close()
    triedAt = performance.now()
    tell({ kind: 'trying' })
    const after = place()
    source = new EventSource(`/elections/${encodeURIComponent(election)}/moments${after ? `?after=${after}` : ''}`)
    for (const kind of ['moment', 'alive', 'resnapshot', 'rebuilding', 'away', 'broken']) {
      source.addEventListener(kind, (event) => {
        tries = 0
        tell({ kind, cursor: event.lastEventId, data: event.data, age: 0 })
      })
    }
    source.onerror = () => {
      close()
      // Not all at the same moment, when a server has gone.
      again = setTimeout(open, Math.min(1000 * 2 ** tries++, 15000) * (0.75 + Math.random() / 2))
    }
  }
  function lead() {
    const having = new Promise((done) => (leave = done))
    open()
    return having
  }
  function wait(steal = false) {
    if (!shared) return open()
    queue = new AbortController()
    navigator.locks.request(name, steal ? { steal } : { signal: queue.signal }, lead).catch(() => {
      // It was taken from this page, or is not wanted any more.
      if (!leave) return
      end()
      wait()
    })
  }
  function end() {
    close()
    const [done, waiting] = [leave, queue]
    leave = queue = null
    done?.()
    waiting?.abort()
  }
  channel?.addEventListener('message', ({ data }) => {
    if (data.kind === 'who') {
      if (leave && alive) channel.postMessage({ ...alive.said, age: performance.now() - alive.at })
      return
    }
    toldAt = performance.now()
    heard(data)
  })
  addEventListener('pagehide', end)
  addEventListener('pageshow', (event) => event.persisted && wait())
  channel?.postMessage({ kind: 'who' })
  wait()
  return {
    /** Look whether the connection is to be made anew; to be called often. */
    check(quiet, slept) {
      const leading = leave || !shared
      if (leading) {
        if (slept || (quiet && source && performance.now() - triedAt > QUIET_MS)) open()
      } else if (slept) channel.postMessage({ kind: 'who' })
      else if (!document.hidden && performance.now() - toldAt > DEAD_MS) {
        toldAt = performance.now()
        end()
        wait(true)
      }
    },
    /** Make the connection anew from the page's place. */
    anew() {
      if (leave || !shared) open()
    },
  }
}

/**
 * A page that can be brought from one moment to another.
 *
 * `kept(id, html)` says whether a part is not to be drawn; `drawn()` is called after each drawing.
 */
export class Sheet {
  constructor({ kept = () => false, drawn = () => {} } = {}) {
    this.main = $('main')
    this.shown = this.main.dataset.cursor
    this.time = $('feed')?.dataset.time ?? '' // when that was, in words
    this.kept = kept
    this.drawn = drawn
    this.renewedAt = -Infinity
    this.renewals = 0
  }

  /** Fetch what differs at a cursor. Undefined where this page has no way there. */
  async fetch(cursor) {
    const asked = new URLSearchParams(location.search)
    asked.delete('at')
    asked.set('since', this.shown)
    asked.set('at', cursor)
    const answer = await fetch(`${location.pathname}/changes?${asked}`, { signal: AbortSignal.timeout(20000) })
    if (answer.status === 404 || answer.status === 410 || answer.status === 400) return undefined
    if (!answer.ok) throw new Error(`${answer.status}`)
    return answer.json()
  }

  /** Draw what was fetched; return whether the page had a place for all of it. */
  draw({ cursor, time, parts }) {
    const whole = draw(parts, this.kept)
    if (whole) {
      this.main.dataset.cursor = this.shown = cursor
      this.time = time
    }
    this.drawn()
    return whole
  }

  /** Take the whole page anew, at the present or at a cursor. Not twice at once, should the server answer strangely. */
  async renew(cursor) {
    const since = performance.now() - this.renewedAt
    this.renewals = since > 60000 ? 0 : this.renewals + 1
    const pause = Math.min(2000 * 2 ** this.renewals, 60000) - since
    if (this.renewals && pause > 0) await new Promise((done) => setTimeout(done, pause))
    this.renewedAt = performance.now()
    const asked = new URL(location.href)
    asked.searchParams.delete('at')
    if (cursor) asked.searchParams.set('at', cursor)
    const answer = await fetch(asked, { cache: 'no-cache', signal: AbortSignal.timeout(20000) })
    if (!answer.ok) throw new Error(`${answer.status}`)
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const main = page.getElementById('main')
    if (!main) throw new Error('no page')
    document.title = page.title
    this.shown = main.dataset.cursor
    this.time = page.getElementById('feed')?.dataset.time ?? ''
    morph(this.main, main)
    this.drawn()
  }
}

/**
 * Follow the election on a sheet.
 *
 * `holding()` says whether nothing is to be drawn just now; `said(state)` is told how it is: `waiting` moments are not
 * drawn, because the page is `paused` or `held`; `quiet`: nothing is heard of the feed; `since`: the server's time when
 * something was heard last, in ms, or null; `trouble`: the service says that it is not at the present itself.
 */
export function follow(sheet, { holding = () => false, said = () => {} } = {}) {
  let wanted = sheet.shown
  let waiting = 0
  let paused = false
  let busy = false
  let timer = 0
  let drawnAt = -Infinity
  let failures = 0
  let other = false // the page is of another history
  let heardAt = performance.now()
  let begun = false // anything has been heard
  let clock = null // the server's, when it was heard of last
  let troubleAt = -Infinity
  let trouble = ''

  const quiet = () => performance.now() - heardAt > QUIET_MS
  function say(held = holding()) {
    // What the server has written of the page's age is true until the feed says more.
    if (!begun && !quiet()) return
    const troubled = performance.now() - troubleAt < QUIET_MS / 2
    const since = clock && clock.time + (heardAt - clock.at)
    said({ waiting, paused, held, quiet: quiet(), since, trouble: troubled ? trouble : '' })
  }
  function plan(ms) {
    if (timer || busy) return
    const pause = document.hidden ? HIDDEN_MS : EVERY_MS
    timer = setTimeout(go, Math.max(ms, drawnAt + pause - performance.now()))
  }
  async function go() {
    timer = 0
    if (busy || paused || (wanted === sheet.shown && !other)) return
    if (holding()) return say()
    busy = true
    let drawn = false
    try {
      const counted = waiting
      const changed = other ? undefined : await sheet.fetch(wanted)
      if (changed && (paused || holding())) return
      if (changed && sheet.draw(changed)) waiting -= counted
      else {
        await sheet.renew()
        wanted = sheet.shown
        waiting = 0
      }
      other = false
      failures = 0
      drawnAt = performance.now()
      drawn = true
    } catch {
      failures += 1
    } finally {
      busy = false
      // Nothing held it, or it would not be drawn; to look again would have all laid out in this task.
      say(drawn ? false : undefined)
      if (other || wanted !== sheet.shown) plan(failures ? Math.min(1000 * 2 ** failures, 15000) : 0)
    }
  }
  function heard({ kind, cursor, data, age = 0 }) {
    if (kind === 'trying') return
    begun = true
    heardAt = performance.now() - age
    if (kind === 'resnapshot') {
      other = true
      wanted = sheet.shown
      plan(AFTER_MS)
    } else if (kind === 'moment' || kind === 'alive') {
      if (kind === 'alive') clock = { time: Date.parse(data), at: heardAt }
      if (kind === 'moment') troubleAt = -Infinity
      if (further(cursor, wanted)) {
        wanted = cursor
        waiting += 1
        plan(AFTER_MS)
      }
    } else {
      troubleAt = heardAt
      trouble = kind
    }
    say()
  }
  const ear = hear(sheet.main.dataset.election, () => (other ? null : wanted), heard)
  let [date, monotonic] = [Date.now(), performance.now()]
  function tick() {
    const slept = Math.abs(Date.now() - date - (performance.now() - monotonic)) > JUMP_MS
    ;[date, monotonic] = [Date.now(), performance.now()]
    ear.check(quiet(), slept)
    say()
  }
  setInterval(tick, 1000)
  addEventListener('online', ear.anew)
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) return
    tick()
    clearTimeout(timer)
    timer = 0
    if (wanted !== sheet.shown) plan(0)
  })
  return {
    /** Hold the drawing, or go on with it: then all that has come is drawn at once. */
    pause(on) {
      paused = on
      if (!paused && wanted !== sheet.shown) plan(0)
      say()
    },
    /** Look again whether something is to be drawn: what held it may have gone. */
    look() {
      if (wanted !== sheet.shown) plan(0)
      say()
    },
  }
}
