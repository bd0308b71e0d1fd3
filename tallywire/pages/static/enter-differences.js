// Two readings that differ.
import { bdi, h } from './elements.js'
import { correct } from './enter-again.js'
import { election, getReadings } from './enter-asked.js'
import { newlySentBack } from './enter-ends.js'
import { acts, button, faultList, go, h1, leaving, put, step, whoLine } from './enter-page.js'
import { send, sign } from './enter-sending.js'
import { didSays, faultWords, labelOf, nameOf, value } from './enter-words.js'
import { differing, draftOf, exact, fieldsOf, figureAt, figuresOf, read, readVotes, reckon, thousands, votesOfPaper } from './figures.js'
import { asked, kept } from './people.js'
import { placesOf } from './stages.js'
import { clock, listed, t } from './words.js'

/** The digits of one number that another does not have in the same place, marked. */
function digits(one, other) {
  const [a, b] = [one, other].map((figure) => (figure === undefined || figure === null ? '–' : value(figure)))
  let from = 0,
    to = 0
  while (from < a.length && a[from] === b[from]) from++
  while (to < a.length - from && to < b.length - from && a.at(-1 - to) === b.at(-1 - to)) to++
  return [a.slice(0, from), h('mark', {}, a.slice(from, a.length - to)), a.slice(a.length - to)]
}

export async function viewDifferences(form, id, gone) {
  const record = await kept.get('outbox', id)
  if (!record) return go('', '', '', true)
  const own = JSON.parse(record.body).data
  const readings = await getReadings(form.ballot_id, own.revision)
  if (gone()) return
  const theirs = readings?.filter((one) => !one.mine) ?? []
  if (!theirs.length) {
    // Without the first reading, as to a clerk: the places, and the paper.
    newlySentBack(record.id)
    return go(form.ballot_id, 'end', id, true)
  }
  const first = theirs[0],
    names = differing(own, first.figures, form)
  const winners = !names.length && JSON.stringify([own.elected, own.lot]) !== JSON.stringify([first.figures.elected, first.figures.lot])
  if (!names.length && !winners) {
    send(record)
    return go(form.ballot_id, 'end', id, true)
  }
  const all = fieldsOf(form, draftOf(own, form)).length,
    chosen = {},
    third = {}
  const status = h('p', { class: 'hint', role: 'status' }, t('differences.sum'))
  const chosenFigure = (name) =>
    chosen[name] === 'first'
      ? figureAt(first.figures, name)
      : chosen[name] === 'second'
        ? figureAt(own, name)
        : chosen[name] === 'third'
          ? thirdFigure(name)
          : undefined
  const thirdFigure = (name) => {
    if (name.startsWith('seat.')) return third[name] || undefined
    const found = name.startsWith('stage.') ? readVotes(third[name] ?? '', placesOf(form)).value : read(third[name] ?? '').value
    return name.startsWith('stage.') && found !== undefined ? exact(found) : found
  }
  const result = () => {
    const base = draftOf(own, form)
    for (const name of names) {
      const figure = chosenFigure(name)
      if (figure !== undefined && figure !== null) base.text[name] = value(figure)
    }
    return base
  }
  const update = () => {
    const done = names.every((name) => chosenFigure(name) !== undefined)
    if (!done) {
      status.textContent = t('differences.sum')
      return
    }
    const sums = reckon(form, result())
    status.replaceChildren(
      sums.gaps.length
        ? t('sums.bad', { gap: faultWords(form, sums.gaps[0]).text })
        : sums.papers === null || sums.rejected === null || votesOfPaper(form) > 1
          ? t('differences.chosen')
          : t('sums.good', { votes: thousands(sums.valid + sums.rejected), papers: thousands(sums.papers) }),
    )
  }
  const choose = (name, which) => () => {
    chosen[name] = which
    update()
  }
  const reading = (name, which, by, time, one, other) =>
    h(
      'label',
      {},
      h('input', { type: 'radio', name: `d-${name}`, onchange: choose(name, which) }),
      h('span', { class: 'who2' }, t(`differences.${which}`), h('br'), bdi(by), `, ${clock(time)}`),
      name.startsWith('seat.') ? h('b', { class: 'text' }, bdi(one ? nameOf(form, one) : '–')) : h('b', {}, digits(one, other)),
    )
  const field = (name) =>
    h(
      'fieldset',
      { class: 'diff' },
      h('legend', {}, bdi(labelOf(form, name))),
      reading(name, 'first', first.person, first.time, figureAt(first.figures, name), figureAt(own, name)),
      reading(name, 'second', t('differences.you'), record.time, figureAt(own, name), figureAt(first.figures, name)),
      h(
        'label',
        { class: 'third' },
        h('input', { type: 'radio', name: `d-${name}`, id: `third-${name}`, onchange: choose(name, 'third') }),
        h('span', { class: 'who2' }, t('differences.third')),
        thirdField(name, (event) => {
          third[name] = event.target.value
          const radio = document.getElementById(`third-${name}`)
          radio.checked = true
          chosen[name] = 'third'
          update()
        }),
      ),
    )
  const thirdField = (name, oninput) => {
    const label = { 'aria-label': t('differences.paper', { name: labelOf(form, name) }), oninput }
    if (!name.startsWith('seat.'))
      return h('input', { type: 'text', inputmode: name.startsWith('stage.') ? 'decimal' : 'numeric', autocomplete: 'off', ...label })
    return h(
      'select',
      label,
      h('option', { value: '' }, t('seat.choose')),
      form.candidates.map((one) => h('option', { value: one.candidate }, one.name)),
    )
  }
  const whyOpen = (name) =>
    chosen[name] === 'third' && third[name]
      ? faultWords(form, { fault: 'digits', shown: third[name], ...read(third[name]) }).text
      : t('differences.choose')
  const use = async () => {
    const open = names.filter((name) => chosenFigure(name) === undefined)
    if (open.length)
      return faultList(
        open.map((name) => ({ text: `${labelOf(form, name)}: ${whyOpen(name)}` })),
        t('faults', { n: open.length }),
        true,
      )
    const agreed = names.every((name) => chosenFigure(name) === figureAt(first.figures, name))
    if (agreed) return sign(form, 'entry', first.figures, true)
    const sums = reckon(form, { ...result(), lot: own.lot ?? [] })
    if (!sums.ready)
      return faultList(
        sums.faults.map((one) => ({ text: faultWords(form, one).text })),
        t('faults', { n: sums.faults.length }),
        true,
      )
    // The first reading is somebody else's and signed: whoever typed it has to type it again.
    document.getElementById('return').open = true
    document.getElementById('note').focus()
    status.textContent = t('differences.theirs', { person: first.person })
    pendingOwn = differing(own, figuresOf(form, { ...result(), lot: own.lot ?? [] }, sums, own.revision), form).length
      ? figuresOf(form, { ...result(), lot: own.lot ?? [] }, sums, own.revision)
      : null
  }
  let pendingOwn = null
  const giveBack = async (event) => {
    const note = document.getElementById('note').value.trim()
    event.target.disabled = true
    const gone = leaving()
    try {
      const answer = await asked(election, `/enter/${election}/contests/${form.ballot_id}/returns`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ revision: own.revision, person: first.person, note }),
      })
      if (!answer.ok) throw new Error((await answer.json()).detail)
    } catch (error) {
      if (gone()) return
      event.target.disabled = false
      return faultList([{ text: String(error.message) }], t('returned.failed'), true)
    }
    if (gone()) return
    newlySentBack(record.id)
    if (pendingOwn) return sign(form, 'entry', pendingOwn, true)
    go(form.ballot_id, 'end', id, true)
  }
  const n = winners ? 1 : names.length
  // What was done at a stage, or that there is one, is no figure to choose: every figure after it depends on it.
  const apart = names.filter((name) => name.endsWith('.did')).map((name) => Number(name.split('.')[1]))
  const didOf = (figures, number) => {
    const stage = figures.stages?.[number - 2]
    return stage ? didSays(form, stage) : t('differences.no_stage')
  }
  const heading = apart.length ? t('entered.look') : t('differences', { n, of: all })
  put(
    `${heading}, ${form.name}`,
    form.test,
    whoLine(),
    step(t('differences.step', { contest: form.name })),
    h1(heading),
    h('p', {}, apart.length ? t('differences.apart') : t('differences.says', { n: all - names.length })),
    h('div', { id: 'faults' }),
    apart.length
      ? [
          h(
            'ul',
            { class: 'plain' },
            apart.map((number) =>
              h('li', {}, t('differences.apart.stage', { n: number, first: didOf(first.figures, number), second: didOf(own, number) })),
            ),
          ),
        ]
      : names.map(field),
    apart.length
      ? null
      : winners
        ? h(
            'p',
            {},
            t('differences.winners', {
              first: listed((first.figures.elected ?? []).map((one) => nameOf(form, one))),
              second: listed((own.elected ?? []).map((one) => nameOf(form, one))),
            }),
          )
        : status,
    acts(
      winners || apart.length
        ? button(t('entered.correct'), () => correct(form, record, own, own.revision, names), 'main')
        : button(t('differences.use'), use, 'main'),
    ),
    h(
      'details',
      { id: 'return' },
      h('summary', {}, t('returned.ask', { person: first.person })),
      h('p', {}, h('label', { class: 'big', for: 'note' }, t('returned.note')), h('textarea', { id: 'note', maxlength: '300' })),
      h('p', { class: 'hint' }, t('returned.says', { person: first.person })),
      acts(button(t('returned'), giveBack)),
    ),
  )
}
