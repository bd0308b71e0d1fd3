// Seats of a contest by list, one after another, and whether a lot was drawn.
import { h } from './elements.js'
import { draft, save } from './enter-drafts.js'
import { add } from './enter-figures.js'
import { changed, check, fieldId, set } from './enter-page.js'
import { drawLot } from './enter-winners.js'
import { personOf, sharedOut } from './enter-words.js'
import { thousands } from './figures.js'
import { listed, t } from './words.js'

export function seatFields(form) {
  const won = form.constituencies.filter((one) => one.elected),
    open = form.constituencies.filter((one) => !one.elected)
  const carried = won.filter((one) => one.list).map((one) => one.list)
  return [
    h('h2', {}, t('seats')),
    h('p', { class: 'hint' }, t('seats.says')),
    form.threshold_per_cent && h('p', { class: 'hint', id: 'threshold' }),
    form.constituencies.length
      ? [
          won.length
            ? h('p', { class: 'hint' }, carried.length ? t('seats.carried', { lists: sharedOut(form, carried) }) : t('seats.carried.none'))
            : null,
          open.length
            ? h(
                'p',
                { class: 'note-from' },
                t('seats.open', {
                  n: open.length,
                  names: listed(
                    open
                      .slice(0, 4)
                      .map((one) => one.name)
                      .concat(open.length > 4 ? [t('seats.more', { n: open.length - 4 })] : []),
                  ),
                }),
              )
            : null,
        ]
      : null,
    Array.from({ length: form.seats }, (_, place) => {
      const name = `seat.${place + 1}`,
        id = fieldId(name)
      return [
        h(
          'div',
          { class: 'fig seat' },
          h(
            'label',
            { for: id },
            h('b', {}, t('seat', { n: place + 1 })),
            h('span', { id: `o-${name}` }),
            draft.marked?.includes(name) && h('span', { class: 'marked' }, t('figures.marked')),
          ),
          h(
            'select',
            { id, name },
            h('option', { value: '' }, t('seat.choose')),
            form.candidates.map((one) => h('option', { value: one.candidate, selected: draft.text[name] === one.candidate }, one.name)),
          ),
        ),
      ]
    }),
    h('div', { class: 'fig total wide' }, h('span', {}, t('seats.by_list')), h('output', { id: 'by-list' })),
    h('div', { id: 'lot-known' }),
    h('div', { id: 'lot' }),
  ]
}

export function drawSeats(form, sums) {
  const before = {}
  for (const [place, list] of sums.seats.entries()) {
    const person = list && personOf(form, list, before[list] ?? 0)
    if (list) before[list] = (before[list] ?? 0) + 1
    set(`o-seat.${place + 1}`, person ?? '')
  }
  set('by-list', sharedOut(form, sums.elected))
  drawSeatLot(form, sums)
  if (form.threshold_per_cent) {
    const needs = Math.ceil((sums.valid * form.threshold_per_cent) / 100),
      below = form.candidates.filter((one) => sums.votes[one.candidate] * 100 < sums.valid * form.threshold_per_cent)
    set(
      'threshold',
      t('seats.threshold', { n: thousands(needs), share: form.threshold_per_cent }) +
        (sums.valid && below.length ? ` ${t('seats.below', { names: listed(below.map((one) => one.name)) })}` : ''),
    )
  }
}

/** Who was drawn: asked where figures are equal, and where nobody can know it yet, if somebody says that they were. */
function drawSeatLot(form, { even, elected }) {
  const known = document.getElementById('lot-known')
  const say = (event) => {
    draft.lots = event.target.checked
    if (!draft.lots) draft.lot = []
    save()
    add(form)
    document.getElementById('lots')?.focus()
  }
  if (changed(known, JSON.stringify([!even, draft.lots])))
    known.replaceChildren(even ? '' : check('lots', t('seats.lots'), Boolean(draft.lots), say))
  if (even) return drawLot(form, { tied: even.tied, places: even.places, valid: 1, whole: true }, 'lot.figures')
  return drawLot(form, { tied: draft.lots ? [...new Set(elected)] : [], places: 0, valid: 1, whole: true }, 'lot.lists')
}
