// Below the votes: the final round, who was drawn by lot, and who else was declared elected.
import { bdi, h, rich } from './elements.js'
import { draft, save } from './enter-drafts.js'
import { fig } from './enter-fields.js'
import { add } from './enter-figures.js'
import { changed, check, fieldId } from './enter-page.js'
import { nameOf } from './enter-words.js'
import { thousands } from './figures.js'
import { listed, t } from './words.js'

export function drawFinal(form, sums) {
  const at = document.getElementById('final')
  if (!changed(at, sums.went.join())) return
  at.replaceChildren(
    ...(sums.went.length
      ? [
          h('h2', {}, t('final')),
          h('p', { class: 'hint' }, t(sums.went.length > 2 ? 'final.tied' : 'final.says')),
          ...sums.went.map((one) => fig(form, `final.${one}`, nameOf(form, one), t('final.first', { n: thousands(sums.votes[one]) }))),
        ]
      : []),
  )
}

export function drawLot(form, sums, asked = 'lot') {
  const at = document.getElementById('lot'),
    tied = sums.valid && sums.whole ? sums.tied : []
  if (!changed(at, `${tied.join()} ${sums.places} ${sums.noAnswer}`)) return
  if (!tied.length) return at.replaceChildren(sums.noAnswer ? h('p', { class: 'note-from' }, t('answer.none')) : '')
  const pick = (one) => (event) => {
    draft.lot =
      sums.places === 1
        ? [one]
        : [...new Set([...(draft.lot ?? []).filter((each) => each !== one), ...(event.target.checked ? [one] : [])])]
    save()
    add(form)
  }
  at.replaceChildren(
    h(
      'fieldset',
      { class: 'choose', id: fieldId('lot'), tabindex: '-1' },
      h('legend', {}, t(asked, { n: sums.places })),
      h('p', { class: 'hint' }, t('lot.says')),
      tied.map((one) =>
        h(
          'label',
          {},
          h('input', {
            type: sums.places === 1 ? 'radio' : 'checkbox',
            name: 'lot',
            checked: (draft.lot ?? []).includes(one),
            onchange: pick(one),
          }),
          bdi(nameOf(form, one)),
        ),
      ),
    ),
  )
}

export function drawOthers(form, sums) {
  const at = document.getElementById('others'),
    given = draft.other_elected,
    elected = sums.elected
  if (!changed(at, `${elected.join()}|${given ? 'x' : ''}`)) return
  if (!elected.length && !given) return at.replaceChildren()
  const toggle = (event) => {
    draft.other_elected = event.target.checked ? [] : undefined
    save()
    add(form)
    document.getElementById('other-elected')?.focus()
  }
  const pick = (one) => (event) => {
    draft.other_elected = [...new Set([...draft.other_elected.filter((each) => each !== one), ...(event.target.checked ? [one] : [])])]
    save()
    drawNames()
  }
  const names = h('p', {})
  const drawNames = () =>
    names.replaceChildren(
      ...((draft.other_elected ?? elected).length
        ? rich(t('elected.says', { names: listed((draft.other_elected ?? elected).map((one) => nameOf(form, one))) }))
        : []),
    )
  drawNames()
  at.replaceChildren(
    h('h2', {}, t('elected')),
    names,
    check('other-elected', t('elected.other'), Boolean(given), toggle),
    given
      ? h(
          'fieldset',
          { class: 'choose', id: fieldId('other'), tabindex: '-1' },
          h('legend', {}, t('elected.who', { n: Math.min(form.seats, form.candidates.length) })),
          form.candidates.map((one) =>
            h(
              'label',
              {},
              h('input', { type: 'checkbox', checked: given.includes(one.candidate), onchange: pick(one.candidate) }),
              bdi(one.name),
            ),
          ),
        )
      : '',
  )
}
