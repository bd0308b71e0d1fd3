// Words of a page, from the catalogues that are written in it: one for each language, with the same names.
const catalogues = JSON.parse(document.getElementById('words').textContent)
const KEPT = 'tallywire.language'
let language = 'en', plural = new Intl.PluralRules('en-GB'), list = new Intl.ListFormat('en-GB')

/** Take a language; what is kept in the browser is that of the next page, too. */
function speak(code, keep = true) {
  language = catalogues[code] ? code : 'en'
  const locale = language === 'en' ? 'en-GB' : language
  plural = new Intl.PluralRules(locale)
  list = new Intl.ListFormat(locale)
  document.documentElement.lang = locale
  if (keep) try { localStorage.setItem(KEPT, language) } catch { /* then it is English next time */ }
}
/** The words of a name, with values put in; of several forms, the one that `n` takes. */
export function t(name, values = {}) {
  let words = catalogues[language][name] ?? catalogues.en[name]
  if (words === undefined) throw new Error(`No words are called ${name}.`)
  if (typeof words === 'object') words = words[plural.select(Number(String(values.n).replaceAll(',', '')))] ?? words.other
  return words.replace(/\{(\w+)\}/g, (_, key) => isolated(String(values[key] ?? '')))
}
/** A name that is written from right to left does not turn what stands around it. */
const isolated = (value) => (/[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/.test(value) ? `\u2068${value}\u2069` : value)
export const has = (name) => name in catalogues.en
export const listed = (names) => list.format(names)

// ---- times, in the zone of the count ----
const clockOf = (options) => new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', hourCycle: 'h23', hour: '2-digit', minute: '2-digit', ...options })
const minutes = clockOf({}), seconds = clockOf({ second: '2-digit' }), zones = clockOf({ timeZoneName: 'short' })
export const clock = (time) => minutes.format(new Date(time))
export const toTheSecond = (time) => seconds.format(new Date(time))
export const zone = () => zones.formatToParts(new Date()).find((part) => part.type === 'timeZoneName').value

const days = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', dateStyle: 'short' })
export const sameDay = (one, other) => days.format(one) === days.format(other)
/** A moment that may be of another day. */
export const dated = (time) => `${clock(time)}, ${days.format(new Date(time))}`
/** The last moment before `now` at which a clock of the count showed a time of day, as 23:40, 2340 or 23.40; null where that is no time. */
export function lastAt(text, now) {
  const [, hour, minute] = /^\s*(\d\d?)[:. ]?([0-5]\d)\s*$/.exec(text) ?? []
  if (!hour || Number(hour) > 23) return null
  const shown = `${hour.padStart(2, '0')}:${minute}`
  const begin = Math.floor(now.getTime() / 60000)
  for (let back = 0; back < 26 * 60; back++) { const at = new Date((begin - back) * 60000); if (minutes.format(at) === shown) return at }
  return null
}

/** Put the page into the language as before, and again whenever another one is chosen in its head. */
export function startSpeaking(redraw) {
  const nav = document.querySelector('header nav')
  const words = () => {
    document.querySelector('.skip').textContent = t('skip')
    document.getElementById('zone').textContent = t('zone', { zone: zone() })
    nav.setAttribute('aria-label', t('languages'))
    for (const link of nav.querySelectorAll('[data-lang]')) {
      if (link.dataset.lang === language) link.setAttribute('aria-current', 'true')
      else link.removeAttribute('aria-current')
    }
  }
  let before = null
  try { before = localStorage.getItem(KEPT) } catch { /* none */ }
  const asked = new URLSearchParams(location.search).get('lang')
  speak(asked ?? before ?? 'en', Boolean(asked))
  words()
  nav.addEventListener('click', (event) => {
    const code = event.target.closest('[data-lang]')?.dataset.lang
    if (!code || !(code in catalogues)) return
    event.preventDefault()
    speak(code)
    // The one of the address was for the beginning.
    history.replaceState(history.state, '', location.pathname + location.hash)
    words()
    redraw()
  })
}
