// A screen in a hall: one panel after another, twelve seconds each. A cut, not a fade: nothing half-visible on air. Space
// pauses (WCAG 2.2.2). Without script the first panel stays.
import { $, Sheet, follow, set } from './following.js'

const EVERY_MS = 12000
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'Europe/London', timeZoneName: 'short' })
let shown = document.querySelector('#panels > section:not([data-empty])')?.id
let still = false
let turned = performance.now()

function show() {
  const panels = [...document.querySelectorAll('#panels > section')]
  const full = panels.filter((each) => !('empty' in each.dataset))
  if (!full.some((each) => each.id === shown)) shown = full[0]?.id
  for (const each of panels) each.hidden = each.id !== shown
}
function turn() {
  if (still || performance.now() - turned < EVERY_MS) return
  const full = [...document.querySelectorAll('#panels > section:not([data-empty])')]
  const at = full.findIndex((each) => each.id === shown)
  shown = full[(at + 1) % full.length]?.id
  turned = performance.now()
  show()
}
addEventListener('keydown', (event) => {
  if (event.key !== ' ') return
  event.preventDefault()
  still = !still
  turned = performance.now()
  set($('still'), still ? 'Paused; space goes on' : 'Space pauses')
})
document.documentElement.classList.add('turning')
show()
setInterval(turn, 250)

const sheet = new Sheet({ drawn: show })
if ('live' in sheet.main.dataset) {
  follow(sheet, {
    said({ quiet, since, trouble }) {
      if (quiet) set($('feed'), since ? `No news since ${clock.format(since)}` : 'No connection')
      else set($('feed'), trouble ? 'The service is catching up' : 'Live')
    },
  })
}
