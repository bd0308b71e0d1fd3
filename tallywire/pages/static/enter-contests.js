// The contests of whoever is signed in, and what is so of each.
import { bdi, h } from './elements.js'
import { contests, election, getContests, getForm } from './enter-asked.js'
import { closedNote } from './enter-closed.js'
import { begun, draftId } from './enter-drafts.js'
import { NAMES, address, h1, main, put, shown, step, whoLine } from './enter-page.js'
import { kept, outbox, receiptCode } from './people.js'
import { clock, t } from './words.js'

/** What is so of a contest, in one line, and where a tap leads. */
function statusOf(contest, records, drafts) {
  const ballot = contest.ballot_id,
    last = records.find((one) => one.subject === ballot)
  const open = drafts.find((one) => one.id === draftId(ballot) && begun(one))
  const ended = last && { href: address(ballot, 'end', last.id) }
  if (last?.end === 'trying') return { ...ended, text: t('status.trying') }
  if (last?.end === 'not-sent') return { ...ended, text: t('status.not-sent', { time: clock(last.time) }) }
  if (last?.end === 'held') return { ...ended, text: t('status.held', { time: clock(last.at) }), done: true }
  if (contest.returned && last) return { ...ended, text: t('status.returned', { person: contest.returned.person }) }
  if (open) return { href: address(ballot, open.kind ? 'other' : 'figures'), text: t('status.draft', { time: clock(open.saved) }) }
  if (last?.end === 'refused') return { ...ended, text: t('status.refused', { time: clock(last.at) }) }
  if (last?.receipt?.status === 'entered') {
    const agrees = last.receipt.entered?.agrees
    return { ...ended, text: t(agrees === null ? 'status.waits' : agrees ? 'status.agrees' : 'status.differs'), done: agrees === null }
  }
  if (last) return { ...ended, text: t('status.sent', { time: clock(last.at), receipt: receiptCode(last.digest) }), done: true }
  if (contest.typed?.some((one) => !one.mine)) return { href: address(ballot, 'figures'), text: t('status.first') }
  if (contest.next_revision > 1)
    return { href: address(ballot, 'figures'), text: t('status.declared', { n: contest.next_revision - 1 }), done: true }
  return { href: address(ballot, 'figures'), text: t('status.none') }
}

export async function viewContests(gone) {
  await getContests()
  const [records, drafts] = await Promise.all([outbox(election), kept.all('drafts')])
  if (gone()) return
  const test = contests.some((one) => one.test) || NAMES.some((name) => election.startsWith(`${name}.`))
  const rows = contests.map((contest) => {
    const status = statusOf(contest, records, drafts)
    return h(
      'li',
      { class: status.done ? 'done' : null, 'data-name': contest.name.toLocaleLowerCase() },
      h('a', { href: status.href }, h('b', {}, bdi(contest.name)), h('span', { class: 'st' }, status.text)),
    )
  })
  const list = h('ul', { class: 'pick' }, rows),
    none = h('p', { class: 'hint', hidden: true }, t('contests.none'))
  const find = (event) => {
    const wanted = event.target.value.trim().toLocaleLowerCase()
    for (const row of rows) row.hidden = !row.dataset.name.includes(wanted)
    none.hidden = rows.some((row) => !row.hidden)
  }
  put(
    t('contests'),
    test,
    whoLine(),
    step(t('step', { n: 1 })),
    h1(t('contests')),
    closedNote(),
    test && h('p', {}, t('contests.trial')),
    rows.length > 5 &&
      h(
        'p',
        {},
        h('label', { class: 'big', for: 'q' }, t('contests.find')),
        h('input', { class: 'full', id: 'q', type: 'search', autocomplete: 'off', oninput: find }),
      ),
    list,
    none,
    !rows.length && h('p', {}, t('contests.empty')),
  )
  // So that they can be typed where there is no connection.
  if (contests.length <= 40) for (const contest of contests) getForm(contest.ballot_id).catch(() => {})
  shown.timer = setTimeout(async () => {
    if (document.activeElement?.id === 'q') return
    // Whoever is on a link stays there.
    const name = document.activeElement?.closest?.('li')?.dataset.name
    shown.focus = false
    await shown.draw()
    if (name)
      [...main.querySelectorAll('.pick li')]
        .find((row) => row.dataset.name === name)
        ?.querySelector('a')
        .focus({ preventScroll: true })
  }, 20000)
}
