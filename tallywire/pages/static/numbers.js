// Numbers as people type them, and as they are written: whole ones, and votes with the fractions that transfers bring.

/** A vote with fractions is kept as a whole number of hundred-thousandths: five decimals are the most there are. */
export const UNIT = 100_000
const LARGEST = 1_000_000_000

/**
 * What a text says: {empty}, {value}, or {fault, ...} naming a sentence of the catalogue; `write` is how it could be meant.
 * 1833, 1,833, 1 833 and 1'833 are 1833. What could mean two things is asked about and never guessed.
 */
export function read(text) {
  const shown = cleaned(text)
  if (shown === '') return { empty: true }
  const fault = (name, more = {}) => ({ fault: name, shown, ...more })
  if (/^\d+$/.test(shown)) {
    if (/^0\d/.test(shown)) return fault('leading_zero', { write: String(Number(shown)) })
    return Number(shown) > LARGEST ? fault('too_large') : { value: Number(shown) }
  }
  // Groups of three, all divided in one way.
  const grouped = /^([1-9]\d{0,2})([ ,'’])\d{3}(?:\2\d{3})*$/.test(shown)
  if (grouped) {
    const value = Number(shown.replace(/\D/g, ''))
    return value > LARGEST ? fault('too_large') : { value }
  }
  if (/^[-−–(]\s*\d[\d ,.'’]*\)?$/.test(shown)) return fault('negative')
  if (/^[-−–—]+$|^(nil|none|no|zero|dim)\.?$/i.test(shown)) return fault('nothing')
  if (/^[1-9]\d{0,2}(\.\d{3})+$/.test(shown)) { const write = shown.replaceAll('.', ''); return fault('point', { write, or: thousands(Number(write)) }) }
  if (/^\d[\d,]*\.$/.test(shown)) { const write = shown.replace(/\D/g, ''); return fault('stop', { write, or: thousands(Number(write)) }) }
  if (/^\d[\d,.' ]*\.\d+$/.test(shown)) return fault('fraction')
  if (/^[\d ,.'’oOlI|]+$/.test(shown) && /[oOlI|]/.test(shown)) return fault('letters')
  if (/^[\d ,.'’]+$/.test(shown)) return fault('groups')
  return fault('digits')
}
export const thousands = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ',')
const cleaned = (text) => String(text).replace(/[\s\u00a0\u2007\u2009\u202f\u200b\ufeff]+/g, ' ').trim()

/**
 * The same of votes with fractions: {value} in hundred-thousandths. `places` is how many decimals the rules have; `below` lets
 * a number be below zero. 1.833 could mean thousands, and is asked about; 1.83300 could not.
 */
export function readVotes(text, places, below = false) {
  let shown = cleaned(text), sign = 1
  if (below && /^[-−–]\s*\d/.test(shown)) { sign = -1; shown = shown.replace(/^[-−–]\s*/, '') }
  const parts = /^(\d[\d ,'’]*)\.(\d+)$/.exec(shown)
  const whole = read(parts ? parts[1] : shown)
  if (whole.value === undefined) return whole.empty ? whole : { ...whole, shown }
  if (!parts) return { value: sign * whole.value * UNIT }
  const fraction = parts[2]
  if (fraction.length === 3 && /^[1-9]\d{0,2}$/.test(parts[1])) return { fault: 'point', shown, write: parts[1] + fraction, or: places < 3 ? thousands(parts[1] + fraction) : `${parts[1]}.${fraction}00` }
  if (fraction.length > places) return { fault: 'decimals', shown, places }
  return { value: sign * (whole.value * UNIT + Number(fraction.padEnd(5, '0'))) }
}
/** Votes as they are written for people: 1,234, 66.50, 806.07214. */
export function exact(units) {
  const rest = Math.abs(units) % UNIT, fraction = rest ? '.' + String(rest).padStart(5, '0').replace(/0{1,3}$/, '') : ''
  return `${units < 0 ? '−' : ''}${thousands((Math.abs(units) - rest) / UNIT)}${fraction}`
}
/** The same as they are sent: a decimal without groups and without noughts at its end. */
export function decimal(units) {
  const rest = Math.abs(units) % UNIT, fraction = rest ? '.' + String(rest).padStart(5, '0').replace(/0+$/, '') : ''
  return `${units < 0 ? '-' : ''}${(Math.abs(units) - rest) / UNIT}${fraction}`
}
/** A decimal as it was sent, in hundred-thousandths. */
export const unitsOf = (text) => readVotes(text, 5, true).value ?? Math.round(Number(text) * UNIT)
