// Something else than figures: by a returning officer.
import { bdi, h } from './elements.js'
import { draft, dropDraft, newDraft, save } from './enter-drafts.js'
import { unopposed } from './enter-figures.js'
import { acts, address, button, faultList, fieldId, go, h1, leaving, link, put, shown, step, whoLine } from './enter-page.js'
import { byList } from './figures.js'
import { clock, t } from './words.js'

export function viewOther(form) {
  // Of a contest by list, or a referendum, there is no result without its figures.
  const kinds = [
    ...(byList(form) || form.question ? [] : unopposed(form) ? ['uncontested'] : ['flash']),
    'recount',
    ...(form.next_revision > 1 ? ['withdrawn'] : []),
  ]
  if (!draft.kind || !kinds.includes(draft.kind)) {
    return put(
      `${t('other')}, ${form.name}`,
      form.test,
      whoLine(),
      step(form.name),
      h1(t('other')),
      h(
        'ul',
        { class: 'pick' },
        kinds.map((kind) =>
          h(
            'li',
            {},
            h(
              'a',
              {
                href: address(form.ballot_id, 'other'),
                onclick: (event) => {
                  event.preventDefault()
                  newDraft(form.ballot_id, { kind })
                  shown.draw()
                },
              },
              h('b', {}, t(`other.${kind}`)),
              h('span', { class: 'st' }, t(`other.${kind}.says`)),
            ),
          ),
        ),
      ),
      acts(link(t('other.back'), address(form.ballot_id, 'figures'))),
    )
  }
  const { kind } = draft,
    wantsElected = ['flash', 'uncontested'].includes(kind),
    places = Math.min(form.seats, form.candidates.length)
  const pick = (one) => (event) => {
    draft.elected =
      places === 1 ? [one] : [...new Set([...(draft.elected ?? []).filter((each) => each !== one), ...(event.target.checked ? [one] : [])])]
    save()
  }
  const next = () => {
    const faults = []
    if (wantsElected && (draft.elected ?? []).length !== places) faults.push({ text: t('fault.seats', { n: places }) })
    if (kind === 'withdrawn' && !(draft.reason ?? '').trim()) faults.push({ name: 'reason', text: t('fault.reason') })
    if (faults.length) return faultList(faults, t('faults', { n: faults.length }), true)
    go(form.ballot_id, 'review')
  }
  put(
    `${t(`other.${kind}`)}, ${form.name}`,
    form.test,
    whoLine(),
    step(form.name),
    h1(t(`other.${kind}`)),
    h('p', {}, t(`other.${kind}.says`)),
    h('p', { class: 'hint' }, h('b', { id: 'saved' }, draft.saved ? t('draft.saved', { time: clock(draft.saved) }) : '')),
    h('div', { id: 'faults' }),
    wantsElected &&
      h(
        'fieldset',
        { class: 'choose' },
        h('legend', {}, t('elected.who', { n: places })),
        form.candidates.map((one) =>
          h(
            'label',
            {},
            h('input', {
              type: places === 1 ? 'radio' : 'checkbox',
              name: 'elected',
              checked: (draft.elected ?? []).includes(one.candidate),
              onchange: pick(one.candidate),
            }),
            bdi(one.name),
          ),
        ),
      ),
    ['recount', 'withdrawn'].includes(kind) &&
      h(
        'p',
        {},
        h('label', { class: 'big', for: fieldId('reason') }, t('other.reason')),
        h(
          'textarea',
          {
            id: fieldId('reason'),
            maxlength: '200',
            oninput: (event) => {
              draft.reason = event.target.value.trim()
              save()
            },
          },
          draft.reason ?? '',
        ),
        h('span', { class: 'hint' }, t('other.reason.says')),
      ),
    acts(
      button(t('figures.read'), next, 'main'),
      button(t('other.back'), async () => {
        const gone = leaving()
        await dropDraft(form.ballot_id)
        if (gone()) return
        go(form.ballot_id, 'figures')
      }),
    ),
  )
}
