// The page around a view: addresses, so that Back goes back and a reload stays; the frame, and pieces of which views are made.
import { bdi, h, icon, rich } from './elements.js'
import { atDesk, election, mine, online, who } from './enter-asked.js'
import { t } from './words.js'

export const main = document.getElementById('main')
const telephone = main.dataset.telephone
export const place = () => {
  const [, e = '', ballot = '', view = '', id = ''] = location.hash.split('/')
  return { e, ballot, view, id }
}

/** Whether somebody has gone elsewhere since this was asked: an answer that comes late fetches nobody back. */
export const leaving = () => {
  const { hash } = location
  return () => location.hash !== hash
}
export const address = (ballot = '', view = '', id = '') => '#/' + [election, ballot, view, id].filter(Boolean).join('/')

export function go(ballot, view, id, instead = false) {
  const to = address(ballot, view, id)
  if (to === location.hash) return shown.draw()
  if (instead) {
    history.replaceState(null, '', to)
    shown.draw()
  } else location.hash = to
}

export const onwards = (ballot) => (atDesk() ? link(t('desk.back'), `/desk/${election}?contest=${ballot}`) : link(t('end.next'), address()))
export const NAMES = ['rehearsal', 'sandbox', 'test']

function frame(test) {
  const kind = !test ? null : (NAMES.find((name) => election.startsWith(`${name}.`)) ?? 'test')
  let bar = document.getElementById('trial')
  if (!kind) {
    bar?.remove()
    document.body.classList.remove('trial')
    return ''
  }
  if (!bar) {
    bar = h('div', { id: 'trial', class: 'trial-bar', role: 'region' })
    document.body.prepend(bar)
  }
  bar.setAttribute('aria-label', t(`trial.${kind}`))
  bar.replaceChildren(h('strong', {}, t(`trial.${kind}`)), h('span', {}, t('trial.says')))
  document.body.classList.add('trial')
  return `${t(`trial.${kind}`)}: `
}

export const callDesk = (cls = 'btn') =>
  telephone && h('a', { class: cls, href: `tel:${telephone.replace(/[^+\d]/g, '')}` }, t('desk.call', { telephone }))
export const theDesk = () => (telephone ? t('desk.number', { telephone }) : t('desk.some'))
const person = () => [h('b', {}, bdi(who?.name ?? mine?.name ?? who?.person ?? ''), who ? `, ${t(`role.${who.role}`)}` : '')]

export function whoLine() {
  return h(
    'div',
    { class: 'who noprint' },
    h('span', {}, person()),
    h('span', { class: online ? 'net' : 'net off', id: 'net' }, h('i'), h('span', {}, t(online ? 'net.on' : 'net.off'))),
  )
}

/** Put a view on the page. Focus goes to its heading: the person has asked for it. */
export function put(title, test, ...children) {
  document.title = `${frame(test)}${title} - ${t('page')} - Tallywire`
  main.replaceChildren(...children.flat(9).filter(Boolean))
  if (shown.focus) (main.querySelector('[data-first]') ?? main.querySelector('h1'))?.setAttribute('tabindex', '-1')
  if (shown.focus) {
    scrollTo(0, 0)
    ;(main.querySelector('[data-first]') ?? main.querySelector('h1'))?.focus({ preventScroll: true })
  }
}

/** What is kept of the page between two drawings: whether the focus goes to its heading, and what it waits for. */
export const shown = { focus: false, timer: 0, draw: () => {} }
export const step = (text) => h('p', { class: 'step' }, text)
export const h1 = (...text) => h('h1', {}, ...text)
export const acts = (...children) => h('div', { class: 'acts' }, ...children)
export const button = (text, onclick, cls) => h('button', { type: 'button', class: cls, onclick }, text)
export const link = (text, href) => h('a', { class: 'btn', href }, text)
export const todo = (...items) => [
  h('h2', {}, t('todo')),
  h(
    'ol',
    { class: 'todo' },
    items.filter(Boolean).map((item) => h('li', {}, rich(item))),
  ),
]

export function viewFailed(error) {
  console.info(error)
  put(
    t('failed'),
    false,
    h1(t('failed')),
    h('p', {}, t('failed.says')),
    acts(
      button(t('again'), () => location.reload(), 'main'),
      callDesk(),
    ),
    h('p', { class: 'hint' }, String(error?.message ?? error)),
  )
}

export const fieldId = (name) => `f-${name}`
export const check = (id, text, on, change) =>
  h('label', { class: 'check', for: id }, h('input', { id, type: 'checkbox', checked: on, onchange: change }), h('span', {}, text))
export const set = (id, text) => {
  const at = document.getElementById(id)
  if (at && at.textContent !== text) at.textContent = text
}

export const changed = (at, key) => {
  if (at.dataset.key === key) return false
  at.dataset.key = key
  return true
}

export function faultList(items, title, focus, after) {
  const at = document.getElementById('faults')
  const to = (name) => (event) => {
    event.preventDefault()
    const field = document.getElementById(fieldId(name))
    for (let at = field.closest('details'); at; at = at.parentElement.closest('details')) at.open = true
    field.focus()
    field.select?.()
  }
  const list = h(
    'div',
    { class: 'summary', role: 'alert', tabindex: '-1' },
    h('h2', {}, title),
    h(
      'ul',
      {},
      items.map((one) => h('li', {}, one.name ? h('a', { href: `#${fieldId(one.name)}`, onclick: to(one.name) }, one.text) : one.text)),
    ),
    after,
  )
  at.replaceChildren(list)
  if (focus) {
    list.focus({ preventScroll: true })
    list.scrollIntoView({ block: 'center' })
  }
}

export function state(cls, shape, heading, ...says) {
  return h(
    'div',
    { class: `state ${cls}`, role: cls === 'refused' ? 'alert' : 'status' },
    h('h1', { 'data-first': true }, icon(shape), h('span', {}, heading)),
    ...says,
  )
}

export const facts = (rows) =>
  h(
    'dl',
    {},
    rows.filter(Boolean).map(([name, text]) => [h('dt', {}, name), h('dd', {}, text)]),
  )
export const reasons = (found) => (found ?? []).map((one) => h('p', { class: 'reason', lang: 'en' }, one.message))
