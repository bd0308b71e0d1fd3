// The declaration as it is spoken.
import { bdi, h, rich } from './elements.js'
import { draft } from './enter-drafts.js'
import { didSays, endSays, nameOf, personOf, sharedOut, subOf } from './enter-words.js'
import { byList, byStages, draftOf, exact, thousands } from './figures.js'
import { reckonStages } from './stages.js'
import { listed, t } from './words.js'

/** A count by stages as it is read aloud. */
function deedStages(form, data) {
  const count = reckonStages(form, draftOf(data, form)),
    row = (label, moved, total) =>
      h('tr', {}, h('th', { scope: 'row' }, bdi(label)), h('td', { class: 'num' }, moved), h('td', { class: 'num' }, total))
  const signedMove = (units) => (units > 0 ? '+' : '') + exact(units)
  return [
    h('p', {}, t('deed.quota', { n: thousands(data.quota) }), ' ', endSays(form, count, count.begin, [])),
    count.stages.map((stage) => {
      const at = (place) => (place < 2 ? 0 : (count.stages[place - 2].left ?? 0))
      const table = h(
        'table',
        { class: 'st3' },
        h('caption', {}, h('b', {}, t('stage', { n: stage.number })), ` ${didSays(form, stage)}`),
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            h('th', { scope: 'col' }, t('deed.name')),
            h('th', { scope: 'col', class: 'num' }, t('deed.moved')),
            h('th', { scope: 'col', class: 'num' }, t('deed.total')),
          ),
        ),
        h(
          'tbody',
          {},
          stage.rows
            .filter((one) => one.how !== 'still')
            .map((one) =>
              row(
                nameOf(form, one.candidate),
                one.moved === undefined ? '' : signedMove(one.moved),
                one.total === undefined ? '' : exact(one.total),
              ),
            ),
          stage.left === null ? null : row(t('stage.left'), signedMove(stage.left - at(stage.number - 1)), exact(stage.left)),
        ),
      )
      return h(
        'details',
        { class: 'stage', open: stage.number > (draft?.begun ?? 0) },
        h('summary', {}, h('b', {}, `${t('stage', { n: stage.number })}:`), ` ${didSays(form, stage)}`),
        table,
        h('p', {}, endSays(form, count, stage.elected, stage.excluded), stage.lot.length ? ` ${t('deed.stage_lot')}` : ''),
      )
    }),
  ]
}

/** Seats of a contest by list as they are read aloud. */
function deedSeats(form, data) {
  const before = {}
  return [
    h('p', {}, t('deed.seats')),
    h(
      'ol',
      { class: 'todo' },
      data.elected.map((list) => {
        const person = personOf(form, list, before[list] ?? 0)
        before[list] = (before[list] ?? 0) + 1
        return h('li', {}, h('b', {}, bdi(nameOf(form, list))), person ? [', ', bdi(person)] : '')
      }),
    ),
    h('p', {}, t('deed.together', { lists: sharedOut(form, data.elected) })),
    data.lot?.length ? h('p', {}, t('deed.seats_lot', { names: listed(data.lot.map((one) => nameOf(form, one))) })) : null,
  ]
}

export function deed(form, data) {
  const names = (ids) => listed(ids.map((one) => nameOf(form, one)))
  const opening =
    form.voting_system === 'referendum'
      ? t('deed.opening.referendum', { contest: form.name, question: form.question })
      : byList(form)
        ? t('deed.opening.lists', { office: form.office, contest: form.name })
        : form.returning_officer
          ? t('deed.opening', { officer: form.returning_officer, office: form.office, contest: form.name })
          : t('deed.opening.nobody', { office: form.office, contest: form.name })
  const row = (label, number, sub, cls) =>
    h(
      'tr',
      { class: cls },
      h('th', { scope: 'row' }, bdi(label), sub && h('span', {}, bdi(sub))),
      h('td', { class: 'num' }, thousands(number)),
    )
  if (!['declared', 'stage'].includes(data.kind)) {
    const said = {
      flash: () => t('deed.flash', { n: data.elected.length, names: names(data.elected), contest: form.name }),
      uncontested: () => t('deed.uncontested', { n: data.elected.length, names: names(data.elected), contest: form.name }),
      recount: () => t('deed.recount', { contest: form.name }),
      withdrawn: () => t('deed.withdrawn', { contest: form.name }),
    }[data.kind]()
    return h('div', { class: 'deed' }, h('p', {}, rich(said)), data.reason && h('p', {}, t('deed.reason'), ' ', bdi(data.reason)))
  }
  const valid = Object.values(data.votes).reduce((a, b) => a + b, 0),
    deciding = data.final_round ?? data.votes
  const answered = form.voting_system === 'referendum',
    plain = !byList(form) && !byStages(form)
  const elected = data.elected ?? []
  const last = Math.min(...elected.map((one) => deciding[one] ?? 0)),
    first = Math.max(
      ...Object.keys(deciding)
        .filter((one) => !elected.includes(one))
        .map((one) => deciding[one]),
    )
  const heads = data.rejected_by_head && Object.entries(data.rejected_by_head)
  const turnout = form.electorate && data.papers !== undefined ? ((data.papers / form.electorate) * 100).toFixed(1) : null
  return h(
    'div',
    { class: 'deed' },
    h('p', {}, rich(opening)),
    h(
      'table',
      {},
      h(
        'caption',
        {},
        t(
          data.final_round || byStages(form)
            ? 'figures.first'
            : answered
              ? 'figures.answers'
              : byList(form)
                ? 'figures.by_list'
                : 'deed.votes',
        ),
      ),
      h(
        'tbody',
        {},
        form.candidates.map((one) =>
          row(one.name, data.votes[one.candidate] ?? 0, subOf(form, one), plain && elected.includes(one.candidate) ? 'elected' : null),
        ),
      ),
      h('tfoot', {}, row(t('figures.valid'), valid)),
    ),
    data.final_round &&
      h(
        'table',
        {},
        h('caption', {}, t('final')),
        h(
          'tbody',
          {},
          Object.entries(data.final_round).map(([one, votes]) => row(nameOf(form, one), votes)),
        ),
      ),
    byList(form) && deedSeats(form, data),
    byStages(form) && [
      deedStages(form, data),
      h(
        'p',
        {},
        rich(
          t(data.kind === 'stage' ? (data.elected.length ? 'deed.so_far' : 'deed.so_far.nobody') : 'deed.all', {
            n: data.elected.length,
            names: names(data.elected),
            seats: form.seats,
          }),
        ),
      ),
    ],
    plain && data.lot?.length ? h('p', {}, rich(t('deed.lot', { names: names(data.lot) }))) : null,
    plain &&
      h(
        'p',
        {},
        rich(
          answered && !elected.length
            ? t('deed.no_answer')
            : answered
              ? t('deed.answer', { answer: names(elected) })
              : t('deed.elected', { n: elected.length, names: names(elected) }),
        ),
        Number.isFinite(first) && Number.isFinite(last) && last > first ? t('deed.majority', { n: thousands(last - first) }) : '.',
      ),
    data.rejected !== undefined &&
      h(
        'table',
        {},
        h('caption', {}, t('figures.rejected')),
        heads &&
          h(
            'tbody',
            {},
            heads.map(([head, papers]) => row(t(`head.${head}`), papers)),
          ),
        h('tfoot', {}, row(t('figures.all_rejected'), data.rejected)),
      ),
    data.papers !== undefined && h('p', {}, t('deed.papers', { n: thousands(data.papers) })),
    data.areas && h('p', {}, t('deed.areas', { n: data.areas.length })),
    h(
      'p',
      {},
      form.electorate === null
        ? t('figures.no_electorate')
        : turnout === null
          ? t('figures.electorate', { n: thousands(form.electorate) })
          : t('deed.turnout', { n: thousands(form.electorate), turnout }),
    ),
  )
}
