// Elements of a page, made by a script: no HTML is ever made of text, so a name may hold anything.

/** An element: h('p', {class: 'hint', onclick: go}, 'text', another). What is null, undefined or false is left out. */
export function h(tag, attributes = {}, ...children) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value)
    else if (name === 'value' || name === 'checked') made[name] = value
    else made.setAttribute(name, value === true ? '' : value)
  }
  made.append(...children.flat(9).filter((child) => child !== null && child !== undefined && child !== false))
  return made
}
/** Text in which **words** are strong. */
export const rich = (text) => text.split(/\*\*(.+?)\*\*/).map((part, place) => (place % 2 ? h('b', {}, part) : part)).filter((part) => part !== '')
/** A name as it is written, whichever way its writing runs. */
export const bdi = (name) => h('bdi', {}, name)

const SVG = 'http://www.w3.org/2000/svg'
export function drawing(attributes, ...shapes) {
  const made = document.createElementNS(SVG, 'svg')
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  for (const [tag, of, ...inner] of shapes) made.append(shape(tag, of, inner))
  return made
}
function shape(tag, attributes, inner) {
  const made = document.createElementNS(SVG, tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  for (const [each, of] of inner) made.append(shape(each, of, []))
  return made
}
const SHAPES = {
  tick: 'M6.4 13.6.8 8l2-2 3.6 3.5L13.3 2.4l2 2z',
  cross: 'm3 1 5 5 5-5 2 2-5 5 5 5-2 2-5-5-5 5-2-2 5-5-5-5z',
  warn: 'M8 .8 15.8 15H.2zM7 6v4.5h2V6zm0 5.6v1.9h2v-1.9z',
  crossed: 'M8 0a8 8 0 1 1 0 16A8 8 0 0 1 8 0zm0 2.4a5.6 5.6 0 0 0-4.3 9.2l7.9-7.9A5.6 5.6 0 0 0 8 2.4zm4.3 3-7.9 7.9a5.6 5.6 0 0 0 7.9-7.9z',
  arrow: 'M7 16V4.8L3 8.7 1.5 7.2 8 .7l6.5 6.5L13 8.7 9 4.8V16z',
  bars: 'M2 1h4v14H2zM10 1h4v14h-4z',
}
export const icon = (name) => drawing({ viewBox: '0 0 16 16', 'aria-hidden': 'true' }, ['path', { d: SHAPES[name], 'fill-rule': 'evenodd' }])
/** The squares that move while something is tried. */
export const running = () => drawing({ class: 'run', viewBox: '0 0 800 16', preserveAspectRatio: 'xMinYMid slice', 'aria-hidden': 'true' },
  ['g', {}, ...Array.from({ length: 24 }, (_, place) => ['rect', { x: place * 40 - 40, y: 0, width: 20, height: 16 }])])
