// The stages of a count: what was done at each, and its figures.
import { bdi, h } from './elements.js'
import { draft, save } from './enter-drafts.js'
import { fig, left } from './enter-fields.js'
import { add } from './enter-figures.js'
import { acts, button, changed, check, fieldId, set } from './enter-page.js'
import { didSays, endSays, nameOf } from './enter-words.js'
import { draftOf, exact, thousands } from './figures.js'
import { turned } from './stages.js'
import { listed, t } from './words.js'

/** Where nothing is typed yet and stages are published, it goes on from these: each message repeats the stages before it. */
export function goOn(form) {
  const count = form.count
  if (!count || count.kind !== 'stage') return
  const behind = draft.sent && (draft.stages ?? []).length <= count.stages.length
  if (Object.values(draft.text).some((text) => text !== '') && !behind) return
  const figures = {
    kind: 'stage',
    votes: count.votes,
    quota: count.quota,
    stages: count.stages,
    rejected: count.rejected,
    rejected_by_head: count.rejected_by_head,
    elected: count.elected,
  }
  Object.assign(draft, draftOf(figures, form), { begun: count.stages.length + 1, sent: undefined })
}

let choosing = 0

/** The choice of what was done at a stage: whose surplus, or who was excluded. */
function didFields(form, stage) {
  const place = stage.number - 2,
    several = form.counting_rules === 'northern-ireland',
    typed = draft.stages[place]
  const take = (action, of) => {
    choosing = stage.number
    draft.stages[place] = { action, of, lot: false }
    for (const name of Object.keys(draft.text))
      if (name.startsWith(`stage.${stage.number}.`) && of.some((one) => name.endsWith(`.${one}`))) delete draft.text[name]
    save()
    add(form)
  }
  const offered = (action) => [...new Set([...stage.canGive[action], ...(typed.action === action ? typed.of : [])])]
  const says = (action, one) => {
    const row = stage.rows.find((each) => each.candidate === one),
      now = row?.before
    return now === undefined ? '' : action === 'surplus' ? t('stage.over_quota', { n: exact(now - stage.quota) }) : exact(now)
  }
  const choice = (action, one, type) =>
    h(
      'label',
      {},
      h('input', {
        type,
        name: `did-${stage.number}`,
        value: `${action} ${one}`,
        checked: typed.action === action && typed.of.includes(one),
        onchange: (event) =>
          take(
            action,
            type === 'radio'
              ? [one]
              : form.candidates
                  .map((each) => each.candidate)
                  .filter((each) => (each === one ? event.target.checked : typed.action === action && typed.of.includes(each))),
          ),
      }),
      h('span', {}, bdi(nameOf(form, one))),
      h('span', { class: 'n' }, says(action, one)),
    )
  const surplus = offered('surplus'),
    exclusion = offered('exclusion')
  // Once it is said it is folded; of several who are excluded the next can still be ticked.
  const open = !stage.of.length || Boolean(stage.passed) || (several && stage.action === 'exclusion' && choosing === stage.number)
  return h(
    'details',
    { class: 'said', open },
    h('summary', {}, stage.of.length ? t('stage.did.is', { did: didSays(form, stage) }) : t('stage.did')),
    h(
      'fieldset',
      { class: 'choose did', id: fieldId(`stage.${stage.number}.did`), tabindex: '-1', 'aria-label': t('stage.did') },
      surplus.length ? [h('p', { class: 'hint' }, t('stage.surplus_of')), surplus.map((one) => choice('surplus', one, 'radio'))] : null,
      h('p', { class: 'hint' }, t(several ? 'stage.exclusion_of.several' : 'stage.exclusion_of')),
      exclusion.map((one) => choice('exclusion', one, several ? 'checkbox' : 'radio')),
      stage.together.length
        ? h('p', { class: 'hint' }, t('stage.together', { names: listed(stage.together.map((one) => nameOf(form, one))) }))
        : null,
      stage.mayLot &&
        check(`lot-${stage.number}`, t('stage.lot'), Boolean(typed.lot), (event) => {
          typed.lot = event.target.checked
          save()
        }),
    ),
  )
}

function stageBody(form, stage) {
  const still = stage.rows.filter((row) => row.how === 'still'),
    done = draft.stages[stage.number - 2]
  return [
    didFields(form, stage),
    done.action && done.of.length
      ? [
          stage.rows
            .filter((row) => row.how !== 'still')
            .map((row) => {
              const made = fig(form, row.name, nameOf(form, row.candidate)),
                input = made.querySelector('input')
              input.inputMode = draft.moves && row.how === 'follows' ? 'text' : 'decimal'
              input.dataset.how = row.how
              made.querySelector('label').append(h('span', { id: `o-${row.name}` }))
              return made
            }),
          still.length
            ? h(
                'p',
                { class: 'hint still' },
                t('stage.still', {
                  names: listed(
                    still.map((row) => `${nameOf(form, row.candidate)} ${row.total === undefined ? '' : exact(row.total)}`.trim()),
                  ),
                }),
              )
            : null,
          (() => {
            const made = fig(form, stage.leftName, t(draft.moves ? 'stage.lost' : 'stage.left'), t('stage.left.may'))
            made.querySelector('input').inputMode = 'decimal'
            made.querySelector('label').append(h('span', { id: `o-${stage.leftName}` }))
            return made
          })(),
          h('div', { class: 'fig total wide' }, h('span', {}, t('stage.sum')), h('output', { id: `sum-${stage.number}` })),
          h('p', { class: 'says', id: `says-${stage.number}`, role: 'status' }),
        ]
      : null,
  ]
}

/** Draw the stages: a stage anew only where its fields are others, so that nobody loses the field in which they type. */
export function drawStages(form, { stages: count }) {
  const at = document.getElementById('stages'),
    last = count.stages.length + 1
  set('quota', count.quota === null ? t('sums.not') : thousands(count.quota))
  for (const extra of [...at.children].slice(count.stages.length + 1)) extra.remove()
  let box = document.getElementById('stage-1')
  if (!box) {
    box = h('div', { id: 'stage-1' })
    at.prepend(box)
  }
  if (changed(box, JSON.stringify([count.begin, count.known])))
    box.replaceChildren(h('p', { class: 'says' }, t('stage.first', { says: endSays(form, count, count.begin, []) })))
  for (const stage of count.stages) {
    stage.quota = (count.quota ?? 0) * 100000
    const id = `stage-${stage.number}`,
      published = stage.number <= (draft.begun ?? 0)
    let section = document.getElementById(id)
    if (!section) {
      section = h('details', { class: 'stage', id, open: stage.number === last && !published }, h('summary', {}), h('div', {}))
      at.append(section)
    }
    const title = `${t('stage', { n: stage.number })}: ${didSays(form, stage)}`
    const summary = section.querySelector('summary')
    if (changed(summary, title + published))
      summary.replaceChildren(
        h('b', {}, `${t('stage', { n: stage.number })}:`),
        ` ${didSays(form, stage)} `,
        published ? h('span', { class: 'hint' }, t('stage.published')) : '',
      )
    const body = section.lastElementChild
    if (
      changed(
        body,
        JSON.stringify([
          stage.rows.map((row) => [row.name, row.how, row.how === 'still' ? row.total : 0]),
          stage.canGive,
          stage.canGive.surplus.concat(stage.canGive.exclusion).map((one) => stage.rows.find((row) => row.candidate === one)?.before),
          stage.of,
          stage.action,
          stage.mayLot,
          stage.passed,
          draft.moves,
        ]),
      )
    ) {
      const focused = document.activeElement,
        kept_ = body.contains(focused) ? focused.id || `[value="${focused.value}"]` : null
      body.replaceChildren(...stageBody(form, stage).flat(9).filter(Boolean))
      if (kept_) {
        const again = kept_.startsWith('[') ? body.querySelector(kept_) : document.getElementById(kept_)
        ;(again?.closest('.said:not([open])')?.querySelector('summary') ?? again)?.focus({ preventScroll: true })
      }
    }
    for (const row of stage.rows) {
      if (row.how === 'still') continue
      const input = document.getElementById(fieldId(row.name))
      if (!input) continue
      if (row.how === 'follows') input.placeholder = row.total === undefined ? '' : exact(draft.moves ? row.moved : row.total)
      const other =
        row.total === undefined || row.before === undefined
          ? ''
          : draft.moves
            ? t('stage.total', { n: exact(row.total) })
            : row.moved
              ? (row.moved > 0 ? '+' : '') + exact(row.moved)
              : t('stage.same')
      const before = row.before === undefined ? '' : t('stage.before', { n: exact(row.before) })
      const follows = row.how === 'follows' ? `. ${t('stage.follows')}` : ''
      set(`o-${row.name}`, `${before}${other ? `, ${other}` : ''}${follows}`)
    }
    set(
      `o-${stage.leftName}`,
      stage.stated === null && stage.follows !== null && stage.follows >= 0 ? t('stage.left.follows', { n: exact(stage.follows) }) : '',
    )
    set(
      `sum-${stage.number}`,
      stage.sum === null
        ? t('sums.not')
        : t('stage.of_valid', { n: exact(stage.sum + (stage.stated ?? Math.max(0, stage.follows))), valid: thousands(count.valid) }),
    )
    set(`says-${stage.number}`, stage.whole ? endSays(form, count, stage.elected, stage.excluded) : '')
  }
  const after = document.getElementById('after'),
    seats = form.seats - count.vacancies
  if (
    !changed(
      after,
      JSON.stringify([
        count.stages.length,
        count.stages.at(-1)?.of.length,
        draft.moves,
        count.complete,
        count.over,
        draft.over,
        count.continuing,
        seats,
        count.known,
        draft.begun,
      ]),
    )
  )
    return
  const more = () => {
    draft.stages = [...(draft.stages ?? []), { action: '', of: [], lot: false }]
    save()
    add(form)
    for (const one of document.querySelectorAll('.stage')) one.open = one.id === `stage-${draft.stages.length + 1}`
    document.querySelector(`#stage-${draft.stages.length + 1} summary`).focus()
  }
  const less = () => {
    const number = draft.stages.length + 1
    for (const name of Object.keys(draft.text)) if (name.startsWith(`stage.${number}.`)) delete draft.text[name]
    draft.stages = draft.stages.slice(0, -1)
    save()
    document.getElementById(`stage-${number}`)?.remove()
    add(form)
    document.getElementById('add-stage')?.focus()
  }
  const turn = (moves) => () => {
    if (Boolean(draft.moves) === moves) return
    Object.assign(draft, turned(form, draft))
    left.clear()
    save()
    add(form)
    document.getElementById(moves ? 'by-moves' : 'by-totals')?.focus()
  }
  const pick = (one) => (event) => {
    draft.over = [...new Set([...draft.over.filter((each) => each !== one), ...(event.target.checked ? [one] : [])])]
    save()
    add(form)
    document.getElementById(`over-${one}`)?.focus()
  }
  const ended = !count.complete && count.known && (!count.stages.length || count.stages.at(-1).of.length)
  after.replaceChildren(
    ...[
      count.stages.length
        ? h(
            'div',
            { class: 'choose way', role: 'group', 'aria-label': t('stage.way') },
            h('span', { class: 'hint' }, t('stage.way')),
            [
              ['by-totals', false, 'stage.way.totals'],
              ['by-moves', true, 'stage.way.moves'],
            ].map(([id, moves, words]) =>
              h(
                'label',
                {},
                h('input', { type: 'radio', name: 'way', id, checked: Boolean(draft.moves) === moves, onchange: turn(moves) }),
                h('span', {}, t(words)),
              ),
            ),
          )
        : null,
      h('p', { class: 'says' }, t(count.complete ? 'stage.complete' : 'stage.filled', { n: seats, of: form.seats })),
      acts(
        !count.complete && count.known && h('button', { type: 'button', id: 'add-stage', onclick: more }, t('stage.add', { n: last + 1 })),
        count.stages.length > 0 && last > (draft.begun ?? 0) && button(t('stage.remove', { n: last }), less),
      ),
      ended
        ? check(fieldId('over'), t(count.stages.length ? 'stage.over' : 'stage.unstated'), count.over, (event) => {
            draft.over = event.target.checked ? [] : undefined
            save()
            add(form)
            document.getElementById(fieldId('over'))?.focus()
          })
        : null,
      ended && count.over
        ? h(
            'fieldset',
            { class: 'choose' },
            h('legend', {}, t('stage.over.who', { n: count.vacancies })),
            count.continuing.map((one) =>
              h(
                'label',
                {},
                h('input', { type: 'checkbox', id: `over-${one}`, checked: draft.over.includes(one), onchange: pick(one) }),
                bdi(nameOf(form, one)),
              ),
            ),
          )
        : null,
    ].filter(Boolean),
  )
}
