// A piece of the board in a frame: follows the election, tells the page around it how tall it is, turns the headlines.
import { $, Sheet, follow, set } from './following.js'

const TURN_MS = 7000
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'Europe/London', timeZoneName: 'short' })

function tell() {
  if (parent !== window) parent.postMessage({ tallywire: 'height', height: document.documentElement.offsetHeight }, '*')
}
new ResizeObserver(tell).observe(document.documentElement)

const list = $('ticks')
const ctl = $('ticker-ctl')
let at = null // the headline that is shown
let still = matchMedia('(prefers-reduced-motion: reduce)').matches

function show(step = 0) {
  if (!list || !ctl) return
  const items = [...list.children]
  const place = items.findIndex((each) => each.id === at)
  const now = items[((place < 0 ? 0 : place + step) + items.length) % items.length]
  // The tallest decides, so that turning never moves the page around it.
  list.style.minHeight = ''
  list.setAttribute('data-turning', '')
  let height = 0
  for (const each of items) {
    each.hidden = false
    for (const other of items) if (other !== each) other.hidden = true
    height = Math.max(height, list.offsetHeight)
  }
  list.style.minHeight = `${height}px`
  for (const each of items) each.hidden = each !== now
  at = now.id
  set($('tick-at'), `${items.indexOf(now) + 1} of ${items.length}`)
  ctl.hidden = items.length < 2
}
function press(on) {
  still = on
  $('stop').setAttribute('aria-pressed', String(still))
}
if (list && ctl) {
  press(still)
  show()
  $('earlier').addEventListener('click', () => {
    press(true)
    show(1)
  })
  $('later').addEventListener('click', () => {
    press(true)
    show(-1)
  })
  $('stop').addEventListener('click', () => press(!still))
  setInterval(() => {
    if (!still && !document.querySelector('.tick :focus-within, .tick:hover')) show(1)
  }, TURN_MS)
  addEventListener('resize', () => show())
}

let newest = list?.firstElementChild?.id
const sheet = new Sheet({
  drawn() {
    // News is shown at once, unless somebody reads.
    const first = list?.firstElementChild?.id
    if (first !== newest && !still) at = first
    newest = first
    show()
  },
})
if ('live' in sheet.main.dataset) {
  follow(sheet, {
    said({ quiet, since, trouble }) {
      if (quiet) set($('feed'), since ? `No news since ${clock.format(since)}.` : 'No connection.')
      else set($('feed'), trouble ? 'The service is catching up.' : 'Live.')
    },
  })
}
