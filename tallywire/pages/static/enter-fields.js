// Fields of figures: made, read, and what is said beside one that is not clear.
import { bdi, h, icon } from './elements.js'
import { draft } from './enter-drafts.js'
import { fieldId } from './enter-page.js'
import { faultWords } from './enter-words.js'
import { exact, read, readVotes, thousands } from './figures.js'
import { placesOf } from './stages.js'
import { t } from './words.js'

/** Fields that were left: what is not clear in these is said. */
export const left = new Set()

export function fig(form, name, label, sub) {
  const id = fieldId(name),
    input = h('input', { id, name, type: 'text', inputmode: 'numeric', autocomplete: 'off', value: draft.text[name] ?? '' })
  const differs = draft.marked?.includes(name)
  return h(
    'div',
    { class: 'fig' },
    h(
      'label',
      { for: id },
      h('b', {}, bdi(label)),
      sub && h('span', {}, bdi(sub)),
      differs && h('span', { class: 'marked' }, t('figures.marked')),
    ),
    input,
  )
}

/** What is typed in a field: votes with fractions at a stage, whole numbers elsewhere. */
export const readField = (form, name, text) =>
  name.startsWith('stage.') ? readVotes(text, placesOf(form), Boolean(draft.moves)) : read(text)
export const written = (form, name, one) => (name.startsWith('stage.') ? exact(one) : thousands(one))

export function mark(form, name, one) {
  const input = document.getElementById(fieldId(name)),
    box = input?.tagName === 'FIELDSET' ? input : input?.closest('.fig'),
    id = `w-${name}`
  if (!box) return
  let why = document.getElementById(id)
  if (!one) {
    why?.remove()
    box.classList.remove('bad', 'soft')
    input.removeAttribute('aria-invalid')
    input.removeAttribute('aria-describedby')
    return
  }
  const { text, more } = faultWords(form, one)
  if (!why) {
    why = h('p', { class: 'why', id })
    box.append(why)
  }
  if (why.dataset.text !== text + more) {
    why.dataset.text = text + more
    why.replaceChildren(icon('warn'), h('span', { class: 'wy' }, text, more && h('span', {}, more)))
  }
  box.classList.add('bad')
  box.classList.toggle('soft', Boolean(one.gap))
  if (box !== input) input.setAttribute('aria-invalid', 'true')
  input.setAttribute('aria-describedby', id)
}
