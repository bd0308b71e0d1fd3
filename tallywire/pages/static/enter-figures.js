// The view in which figures are typed. It adds up while somebody types.
import { bdi, h, icon } from './elements.js'
import { atDesk, contests, getForm, may, who } from './enter-asked.js'
import { closedNote, watchClosed } from './enter-closed.js'
import { draft, newDraft, save } from './enter-drafts.js'
import { fig, left, mark, readField, written } from './enter-fields.js'
import { notedOf } from './enter-noted.js'
import {
  acts,
  address,
  button,
  check,
  faultList,
  fieldId,
  go,
  h1,
  leaving,
  link,
  onwards,
  put,
  set,
  shown,
  step,
  theDesk,
  whoLine,
} from './enter-page.js'
import { drawSeats, seatFields } from './enter-seats.js'
import { sign } from './enter-sending.js'
import { drawStages, goOn } from './enter-stages.js'
import { drawFinal, drawLot, drawOthers } from './enter-winners.js'
import { faultWords, labelOf, subOf, votesTitle } from './enter-words.js'
import { byList, byStages, column, figuresOf, headsOf, reckon, thousands, votesOfPaper } from './figures.js'
import { clock, has, t } from './words.js'

export async function viewFigures(form) {
  // Whoever comes here types figures, whatever else was begun.
  if (draft.kind) {
    draft.kind = undefined
    save(draft.sent)
  }
  if (byStages(form)) goOn(form)
  clearTimeout(soon)
  left.clear()
  const title = t(atDesk() ? 'figures.correct' : 'figures'),
    areas = draft.with_areas ? form.areas : []
  const toggle = (name) => (event) => {
    draft[name] = event.target.checked
    save()
    redraw(form, event.target.id)
  }
  const heads = headsOf(form)
  const returned = contests.find((one) => one.ballot_id === form.ballot_id)?.returned
  put(
    `${title}, ${form.name}`,
    form.test,
    whoLine(),
    step(t('step.of', { n: 2, contest: form.name })),
    h1(title),
    closedNote(),
    h(
      'p',
      { class: 'hint' },
      t(atDesk() ? 'figures.desk' : may('declare') || who.role === 'clerk' ? 'figures.says' : 'figures.blind'),
      ' ',
      h('b', { id: 'saved' }, draft.saved ? t('draft.saved', { time: clock(draft.saved) }) : t('draft.none')),
    ),
    draft.marked?.length ? h('p', { class: 'note-from' }, t('figures.look')) : null,
    unopposed(form)
      ? h(
          'div',
          { class: 'note-from' },
          h('p', {}, t('other.uncontested.says')),
          may('declare') && !atDesk()
            ? acts(
                button(t('other.uncontested'), () => {
                  newDraft(form.ballot_id, { kind: 'uncontested' })
                  go(form.ballot_id, 'other')
                }),
              )
            : h('p', {}, t('other.officer.unopposed', { desk: theDesk() })),
        )
      : null,
    returned &&
      h(
        'blockquote',
        { class: 'note-from' },
        h('p', {}, t('returned.by', { person: returned.person })),
        h('p', { class: 'words' }, bdi(returned.note)),
      ),
    h('div', { id: 'faults' }),
    h(
      'form',
      {
        id: 'figures',
        novalidate: true,
        onsubmit: (event) => {
          event.preventDefault()
          readThrough(form)
        },
        oninput: (event) => typed(form, event),
        onfocusout: (event) => leave(form, event),
        onpaste: (event) => pasted(form, event),
      },
      h('h2', {}, t(votesTitle(form))),
      form.question && h('p', { class: 'words' }, bdi(form.question)),
      form.seats > 1 &&
        h('p', { class: 'hint' }, t(byList(form) ? 'figures.lists' : byStages(form) ? 'figures.stv' : 'figures.seats', { n: form.seats })),
      form.candidates.map((one) => fig(form, `votes.${one.candidate}`, one.name, subOf(form, one))),
      h('div', { class: 'fig total' }, h('span', {}, t('figures.valid')), h('output', { id: 'valid' })),
      byStages(form) &&
        h(
          'div',
          { class: 'fig total' },
          h('span', {}, t('stage.quota'), h('span', { class: 'hint' }, t('stage.quota.says'))),
          h('output', { id: 'quota' }),
        ),
      h('div', { id: 'final' }),
      byList(form) && seatFields(form),
      h('h2', {}, t('figures.rejected')),
      !draft.no_rejected &&
        !draft.only_total &&
        heads.map((head) => fig(form, `head.${head}`, t(`head.${head}`), has(`head.${head}.more`) ? t(`head.${head}.more`) : null)),
      !draft.no_rejected && draft.only_total && fig(form, 'rejected', t('figure.rejected')),
      !draft.no_rejected && h('div', { class: 'fig total' }, h('span', {}, t('figures.all_rejected')), h('output', { id: 'rejected' })),
      !draft.no_rejected && check('only-total', t('figures.only_total'), draft.only_total, toggle('only_total')),
      check('no-rejected', t('figures.no_rejected'), draft.no_rejected, toggle('no_rejected')),
      h('h2', {}, t('figures.papers')),
      !draft.no_papers && fig(form, 'papers', t('figure.papers'), t('figure.papers.more')),
      check('no-papers', t('figures.no_papers'), draft.no_papers, toggle('no_papers')),
      h(
        'p',
        { class: 'hint' },
        form.electorate === null ? t('figures.no_electorate') : t('figures.electorate', { n: thousands(form.electorate) }),
      ),
      form.areas.length
        ? [h('h2', {}, t('figures.areas')), check('with-areas', t('figures.with_areas'), draft.with_areas, toggle('with_areas'))]
        : null,
      areas.map((area, at) =>
        h(
          'details',
          { class: 'area', open: at === 0 },
          h('summary', {}, bdi(area)),
          form.candidates.map((one) => fig(form, `area.${at}.${one.candidate}`, one.name, one.party)),
          fig(form, `area.${at}.rejected`, t('figure.rejected')),
        ),
      ),
      byStages(form) && [h('h2', {}, t('stages')), h('div', { id: 'stages' }), h('div', { id: 'after' })],
      !byList(form) && h('div', { id: 'lot' }),
      h('div', { id: 'others' }),
      h(
        'section',
        { class: 'sums', 'aria-label': t('sums') },
        h(
          'dl',
          {},
          ['valid', 'rejected', byStages(form) ? 'filled' : byList(form) ? 'seats' : 'majority', 'turnout'].map((one) =>
            h('div', {}, h('dt', {}, t(`sums.${one}`)), h('dd', { id: `s-${one}` })),
          ),
        ),
        h('p', { class: 'verd', id: 'verd', role: 'status' }),
      ),
      acts(
        h('button', { class: 'main', id: 'read' }, t(may('declare') || who.role === 'clerk' ? 'figures.read' : 'figures.compare')),
        may('declare') &&
          contests.find((one) => one.ballot_id === form.ballot_id)?.typed?.some((one) => !one.mine) &&
          button(t('figures.compare'), () => readThrough(form, true)),
        atDesk() ? onwards(form.ballot_id) : link(t('figures.leave'), address()),
      ),
    ),
    !atDesk() &&
      h(
        'details',
        {},
        h('summary', {}, t('other.ask')),
        may('declare')
          ? [h('p', {}, t('other.says')), acts(link(t('other'), address(form.ballot_id, 'other')))]
          : h('p', {}, t('other.officer', { desk: theDesk() })),
      ),
  )
  add(form)
  const marked = draft.marked?.[0] && document.getElementById(fieldId(draft.marked[0]))
  if (marked && shown.focus) marked.scrollIntoView({ block: 'center' })
  clearTimeout(shown.timer)
  shown.timer = setTimeout(watchClosed, contests.length ? 20000 : 0)
}

/** Whether no more stand than there are seats: then there is no poll. */
export const unopposed = (form) => !byList(form) && !form.question && form.candidates.length <= form.seats

function redraw(form, focused) {
  const at = scrollY
  shown.focus = false
  viewFigures(form).then(() => {
    scrollTo(0, at)
    document.getElementById(focused)?.focus({ preventScroll: true })
    shown.focus = true
  })
}

let soon = 0

function typed(form, { target }) {
  if (!target.name || !target.closest('.fig') || target.type === 'checkbox') return
  draft.text[target.name] = target.value
  save()
  clearTimeout(soon)
  soon = setTimeout(() => add(form), 250)
}

function leave(form, { target }) {
  if (!target.closest?.('.fig') || !target.name || target.tagName === 'SELECT' || target.type === 'checkbox') return
  const found = readField(form, target.name, target.value)
  if (found.value !== undefined) {
    target.value = written(form, target.name, found.value)
    if (draft.text[target.name] !== target.value) {
      draft.text[target.name] = target.value
      save()
    }
  }
  if (!found.empty) left.add(target.name)
  // Not at once: what moves between the press of a button and its release makes it no click.
  clearTimeout(soon)
  soon = setTimeout(() => add(form), 300)
}

/** A pasted column fills the fields below, within its own part: votes never run over into rejected papers. */
function pasted(form, event) {
  const found = column(event.clipboardData?.getData('text') ?? ''),
    from = event.target.name
  if (!found || !from) return
  event.preventDefault()
  const part = (name) => {
    const parts = name.split('.')
    return parts[0] === 'area' ? `${parts[0]}.${parts[1]}` : parts[0] === 'stage' ? parts.slice(0, 3).join('.') : parts[0]
  }
  const names = [...event.currentTarget.querySelectorAll('.fig input')]
    .map((input) => input.name)
    .filter((name) => part(name) === part(from))
  const below = names.slice(names.indexOf(from)),
    { lines, several } = found
  const say = (words, values) => {
    faultList([{ text: t(words, values) }], t('paste'), false)
    document.querySelector('#faults .summary').classList.add('paste')
  }
  if (several) return say('paste.columns')
  if (lines.length > below.length) return say('paste.more', { n: lines.length, fields: below.length })
  lines.forEach((line, at) => {
    const input = document.getElementById(fieldId(below[at]))
    input.value = draft.text[below[at]] = line
    left.add(below[at])
    const { value } = readField(form, below[at], line)
    if (value !== undefined) input.value = draft.text[below[at]] = written(form, below[at], value)
  })
  save()
  add(form)
  if (lines.length < below.length) say('paste.fewer', { n: lines.length, fields: below.length })
  else document.getElementById('faults').replaceChildren()
}

/** Add up, and say beside each field that was left what is not clear. */
export function add(form, all = false) {
  if (!document.getElementById('figures')) return null
  const sums = reckon(form, draft)
  if (all) for (const name of sums.names) left.add(name)
  sums.gaps.push(...notedOf(form, draft, sums, () => add(form)))
  if (sums.stages) drawStages(form, sums)
  else if (sums.seats) drawSeats(form, sums)
  else {
    drawFinal(form, sums)
    drawLot(form, sums)
    if (!form.question) drawOthers(form, sums)
  }
  for (const name of [...sums.names, ...(sums.stages?.stages ?? []).map((stage) => `stage.${stage.number}.did`)]) {
    const fault = sums.faults.find(
      (one) =>
        one.name === name && (one.fault !== 'missing' || all || document.getElementById(fieldId(name))?.getAttribute('aria-invalid')),
    )
    mark(form, name, left.has(name) && fault ? fault : sums.gaps.find((one) => one.name === name))
  }
  // A list of faults goes once there are none.
  if (sums.ready && !sums.gaps.length) document.querySelector('#faults .summary:not(.paste)')?.remove()
  const not = t('sums.not')
  set('valid', thousands(sums.valid))
  set('s-valid', thousands(sums.valid))
  set('rejected', sums.rejected === null ? '' : thousands(sums.rejected))
  set('s-rejected', sums.rejected === null ? '–' : thousands(sums.rejected))
  set('s-majority', sums.majority === null ? not : thousands(sums.majority))
  set('s-filled', t('sums.of', { n: sums.elected.length, of: form.seats }))
  set('s-seats', t('sums.of', { n: sums.elected.length, of: form.seats }))
  set('s-turnout', sums.turnout === null ? not : `${sums.turnout.toFixed(1)} %`)
  let cls = 'wait',
    text = sums.unclear ? t('sums.unclear', { n: sums.unclear }) : t('sums.empty', { n: sums.missing })
  if (sums.whole) {
    const gap = sums.gaps[0]
    if (gap?.passed || gap?.noted) {
      cls = 'notgood'
      text = `${t('stage', { n: gap.stage })}: ${faultWords(form, gap).text}`
    } else if (gap) {
      cls = 'notgood'
      text =
        gap.name === 'papers'
          ? t('sums.bad', { gap: faultWords(form, gap).text })
          : gap.stage
            ? t('sums.bad', { gap: `${t('stage', { n: gap.stage })}, ${faultWords(form, gap).text}` })
            : t('sums.bad.some')
    } else if (sums.papers === null || sums.rejected === null) text = t('sums.part')
    else if (votesOfPaper(form) > 1) {
      cls = 'good'
      text = t('sums.good.seats', { votes: thousands(sums.valid), papers: thousands(sums.papers) })
    } else {
      cls = 'good'
      text = t('sums.good', { votes: thousands(sums.valid + sums.rejected), papers: thousands(sums.papers) })
    }
  }
  const verd = document.getElementById('verd')
  if (verd.textContent !== text)
    verd.replaceChildren(h('span', { class: `verd ${cls}` }, cls === 'wait' ? null : icon(cls === 'good' ? 'tick' : 'cross'), text))
  return sums
}

/** Everything is clear: on to the review. Something is not: a list, which takes the focus. */
async function readThrough(form, compare = !may('declare') && who.role !== 'clerk') {
  const sums = add(form, true)
  const items = [...sums.faults, ...sums.gaps]
  const agreed = JSON.stringify(draft.text)
  if (!sums.ready || (items.length && draft.agreed !== agreed)) {
    const said = items.map((one) => ({
      name: one.name,
      text: ['lot', 'other', 'over'].includes(one.name)
        ? faultWords(form, one).text
        : `${labelOf(form, one.name)}: ${faultWords(form, one).text}`,
    }))
    const anyway =
      sums.ready &&
      acts(
        button(t('faults.anyway'), () => {
          draft.agreed = agreed
          save()
          readThrough(form, compare)
        }),
      )
    return faultList(said, t('faults', { n: said.length }), true, anyway)
  }
  draft.agreed = sums.gaps.length ? agreed : undefined
  draft.as = compare ? 'compare' : undefined
  save()
  if (!compare) return go(form.ballot_id, 'review')
  const gone = leaving()
  const revision = await revisionOf(form, true)
  if (gone()) return
  // What was typed meanwhile is read through like all the rest.
  if (JSON.stringify(draft.text) !== agreed) return readThrough(form, compare)
  return sign(form, 'entry', figuresOf(form, draft, sums, revision), true)
}

/** The revision that is sent: the next one, as far as the server and this browser know. */
export async function revisionOf(form, fresh = false) {
  const { revision = 1 } = draft
  const now = fresh ? await getForm(form.ballot_id, true) : form
  return Math.max(now.next_revision, revision)
}
