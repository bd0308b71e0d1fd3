// The five ends: not sent, trying, sent, held, refused.
import { bdi, h, rich, running } from './elements.js'
import { correct, nextStage } from './enter-again.js'
import { atDesk, contests, election, getContests, may, mine, who } from './enter-asked.js'
import { carry } from './enter-carry.js'
import { deed } from './enter-deed.js'
import { draft, newDraft, save } from './enter-drafts.js'
import {
  acts,
  address,
  button,
  callDesk,
  facts,
  go,
  h1,
  link,
  onwards,
  place,
  put,
  reasons,
  set,
  shown,
  state,
  step,
  theDesk,
  todo,
  whoLine,
} from './enter-page.js'
import { hasDrawn, keyOfEnd, send, sending, triesOf } from './enter-sending.js'
import { labelOf, nameOf, sharedOut } from './enter-words.js'
import { byList, fieldOfPath } from './figures.js'
import { kept, outbox, receiptCode } from './people.js'
import { clock, listed, t, toTheSecond, zone } from './words.js'

const looked = new Set()

export async function viewEnd(form, id, gone) {
  const record = await kept.get('outbox', id)
  if (!record) return go('', '', '', true)
  const data = JSON.parse(record.body).data,
    at = record.at && toTheSecond(record.at)
  const list = record.receipt?.status === 'entered' || !contests.length ? await getContests() : contests
  const carried = ['trying', 'not-sent'].includes(record.end) ? await carry(record) : null
  if (gone()) return
  hasDrawn(keyOfEnd(record))
  const title = (name) => `${t(name)}, ${form.name}`
  // Asked at once where this page has not asked yet, then again and again; drawn anew only where something is new.
  const note = () => JSON.stringify(contests.find((one) => one.ballot_id === form.ballot_id)?.returned ?? null)
  const poll = (seconds) => {
    const before = note()
    const again = async () => {
      // What was typed anew since is asked for on a page of its own.
      const typedAnew = (await outbox(election)).some(
        (one) => one.subject === record.subject && one.type === record.type && one.time > record.time,
      )
      if (gone()) return
      if (!sending.has(id) && !typedAnew) send(record)
      shown.timer = setTimeout(again, seconds * 1000)
      if (record.receipt?.status !== 'entered') return
      await getContests()
      if (note() !== before && place().id === id) {
        shown.focus = false
        shown.draw()
      }
    }
    shown.timer = setTimeout(again, looked.has(id) ? seconds * 1000 : 100)
    looked.add(id)
  }
  if (sending.get(id) === 'looking' && record.end === 'not-sent')
    return put(title('looking'), form.test, whoLine(), h1(t('looking')), h('p', {}, t('looking.says')))
  if (record.end === 'trying') {
    if (!sending.has(id)) send(record)
    const tick = () => {
      set('tries', triesOf(sending.get(id)?.end ? sending.get(id) : record))
      shown.timer = setTimeout(tick, 1000)
    }
    const call = clock(new Date(new Date(record.time).getTime() + 8 * 60000))
    put(
      title('end.trying'),
      form.test,
      whoLine(),
      state('trying', 'arrow', t('end.trying'), running(), h('p', {}, rich(t('end.trying.says')))),
      h(
        'div',
        { class: 'receipt' },
        facts([
          [t('fact.contest'), bdi(form.name)],
          [t('fact.signed'), toTheSecond(record.time)],
          [t('fact.tries'), h('span', { id: 'tries' }, triesOf(record))],
        ]),
      ),
      todo(
        t('end.trying.leave'),
        t('end.trying.call', { time: call, desk: theDesk() }),
        t('end.trying.receipt', { receipt: receiptCode(record.digest) }),
      ),
      carried,
    )
    return tick()
  }
  if (record.end === 'not-sent') {
    return put(
      title('end.not'),
      form.test,
      whoLine(),
      state('not', 'crossed', t('end.not'), h('p', {}, rich(t('end.not.says')))),
      acts(
        button(
          t('end.not.send'),
          () => {
            send(record)
            shown.draw()
          },
          'main',
        ),
        record.type === 'entry' || data.entries ? null : link(t('end.not.review'), address(form.ballot_id, 'review')),
      ),
      carried,
    )
  }
  if (record.end === 'refused') return viewRefused(form, record, data, at, title)
  if (record.end === 'held') {
    poll(20)
    return put(
      title('end.held'),
      form.test,
      whoLine(),
      state('held', 'bars', t('end.held'), h('p', {}, rich(t('end.held.says', { time: at })))),
      h('h2', {}, t('why')),
      reasons(record.receipt.reasons),
      atDesk() ? todo(t('end.held.desk'), t('end.held.not')) : todo(t('end.held.stay'), t('end.held.not'), t('end.held.correct')),
      h(
        'div',
        { class: 'receipt' },
        step(t('receipt')),
        h('p', { class: 'no' }, receiptCode(record.digest)),
        facts([
          [t('fact.contest'), bdi(form.name)],
          [t('fact.held'), at],
          [t('fact.ledger'), String(record.receipt.hold ?? '')],
        ]),
      ),
      acts(
        callDesk(),
        may('declare') || data.entries ? button(t('end.correct'), () => correct(form, record, data, data.revision + 1)) : null,
        onwards(form.ballot_id),
      ),
    )
  }
  if (record.receipt.status === 'entered') return viewEntered(form, record, data, at, title, poll, list)
  const names = listed(data.elected?.map((one) => nameOf(form, one)) ?? []),
    after = (data.stages?.length ?? 0) + 1
  const result =
    data.kind === 'stage'
      ? t('fact.result.stage', { n: after, filled: data.elected.length, of: form.seats })
      : data.kind !== 'declared'
        ? [names, t(`kind.${data.kind}`)].filter(Boolean).join(': ')
        : byList(form)
          ? sharedOut(form, data.elected)
          : form.voting_system === 'referendum'
            ? names || t('answer.none')
            : t('fact.result.is', { names })
  put(
    title('end.sent'),
    form.test,
    whoLine(),
    state(
      'sent',
      'tick',
      t('end.sent'),
      h('p', {}, rich(t(data.kind === 'flash' ? 'end.sent.flash' : form.test ? 'end.sent.trial' : 'end.sent.says', { time: at }))),
    ),
    h(
      'div',
      { class: 'receipt noprint' },
      step(t('receipt.say')),
      h('p', { class: 'no' }, receiptCode(record.digest)),
      facts([
        [t('fact.contest'), bdi(form.name)],
        [t('fact.result'), bdi(result)],
        [t('fact.revision'), String(data.revision)],
        [t('fact.by'), bdi(who.name ?? mine.name ?? who.person)],
        [t('fact.ledger'), String(record.receipt.ledger_sequence ?? '')],
        record.receipt.decided?.person && [t('fact.confirmed'), bdi(record.receipt.decided.person)],
        record.receipt.stands && [t('fact.stands'), t('fact.stands.is', { n: record.receipt.stands.revision })],
      ]),
      acts(
        data.kind === 'flash'
          ? button(
              t('end.figures'),
              () => {
                newDraft(form.ballot_id, {})
                go(form.ballot_id, 'figures')
              },
              'main',
            )
          : null,
        data.kind === 'stage' && (may('declare') || may('cite'))
          ? button(t('end.stage', { n: after + 1 }), () => nextStage(form, record, data), 'main')
          : null,
        ['declared', 'uncontested', 'stage'].includes(data.kind)
          ? button(t('end.print'), () => print(), data.kind === 'stage' ? null : 'main')
          : null,
        onwards(form.ballot_id),
      ),
      h(
        'details',
        {},
        h('summary', {}, t('end.wrong')),
        h('p', {}, t(may('declare') ? 'end.wrong.officer' : 'end.wrong.says', { desk: theDesk() })),
        acts(
          ['declared', 'stage'].includes(data.kind) && (may('declare') || may('cite'))
            ? button(t('end.correct'), () => correct(form, record, data, data.revision + 1))
            : null,
          may('withdraw')
            ? button(t('other.withdrawn'), () => {
                newDraft(form.ballot_id, { kind: 'withdrawn' })
                go(form.ballot_id, 'other')
              })
            : null,
        ),
      ),
    ),
    h(
      'div',
      { class: 'notice-print' },
      h('p', {}, t('notice')),
      h('h2', {}, bdi(form.name)),
      form.test && h('p', {}, h('b', {}, document.getElementById('trial').firstChild.textContent)),
      deed(form, data),
      h('p', {}, t('notice.receipt', { receipt: receiptCode(record.digest), time: at, zone: zone() })),
    ),
  )
}

function viewRefused(form, record, data, at, title) {
  const found = record.problem?.reasons ?? [],
    codes = found.map((one) => one.code)
  const named = [...new Set(found.map((one) => one.path && fieldOfPath(one.path)).filter(Boolean))]
  // The number is taken: by another declaration, or by one that waits. Whether this is a correction of it, a person says.
  const taken = codes.some((code) => ['revision.held', 'revision.conflict', 'entry.declared_already'].includes(code))
  const again = codes.some((code) => code.startsWith('time.'))
  const key = codes.some((code) => code.startsWith('key.') || code.startsWith('signature.'))
  put(
    title('end.refused'),
    form.test,
    whoLine(),
    state('refused', 'cross', t('end.refused'), h('p', {}, rich(t(record.at ? 'end.refused.says' : 'end.refused.some', { time: at })))),
    h('h2', {}, t('why')),
    found.length ? reasons(found) : h('p', { lang: 'en' }, record.problem?.detail ?? ''),
    named.length ? h('p', { class: 'hint' }, t('end.refused.look', { names: listed(named.map((one) => labelOf(form, one))) })) : null,
    key
      ? todo(t('nokey.ask', { desk: theDesk() }))
      : again
        ? todo(t('end.refused.clock'), t('end.refused.again'))
        : todo(t('end.refused.paper'), t('end.refused.mend'), t('end.refused.again')),
    acts(
      !key && !taken && button(t('end.refused.correct'), () => correct(form, record, data, data.revision, named), 'main'),
      taken && button(t('end.refused.revision', { n: data.revision + 1 }), () => correct(form, record, data, data.revision + 1), 'main'),
      callDesk(),
      onwards(form.ballot_id),
    ),
    h('p', { class: 'hint' }, t('receipt'), ' ', receiptCode(record.digest)),
  )
}

async function viewEntered(form, record, data, at, title, poll, list) {
  const entered = record.receipt.entered ?? { agrees: null },
    { agrees } = entered
  const returned = list.find((one) => one.ballot_id === form.ballot_id)?.returned
  const no = h(
    'div',
    { class: 'receipt' },
    step(t('receipt.say')),
    h('p', { class: 'no' }, receiptCode(record.digest)),
    facts([
      [t('fact.contest'), bdi(form.name)],
      [t('fact.revision'), String(data.revision)],
      [t('fact.by'), bdi(who.name ?? mine.name ?? who.person)],
    ]),
  )
  const returnedSays =
    returned && agrees !== true
      ? h(
          'blockquote',
          { class: 'note-from' },
          h('p', {}, t('returned.by', { person: returned.person })),
          h('p', { class: 'words' }, bdi(returned.note)),
        )
      : null
  poll(8)
  if (agrees === true) {
    if (may('cite')) return go(form.ballot_id, 'declare', record.id, true)
    return put(
      title('end.sent'),
      form.test,
      whoLine(),
      state('sent', 'tick', t('end.sent'), h('p', {}, rich(t('entered.agrees', { time: at })))),
      no,
      acts(onwards(form.ballot_id)),
    )
  }
  if (agrees === false) {
    if (may('cite') && !draft?.sentBack?.includes(record.id)) return go(form.ballot_id, 'differences', record.id, true)
    const names = [...new Set((entered.differences ?? []).map(fieldOfPath))].filter(
      (name) => !['lot', 'kind', 'final_round', 'quota', ...(byList(form) ? [] : ['elected'])].includes(name),
    )
    const shownNames = names.some((name) => name.startsWith('head.')) ? names.filter((name) => name !== 'rejected') : names
    return put(
      title('entered.look'),
      form.test,
      whoLine(),
      state('held', 'bars', t('entered.look'), h('p', {}, rich(t('entered.differs', { time: at })))),
      returnedSays,
      h('h2', {}, t('entered.where')),
      h(
        'ul',
        { class: 'plain' },
        shownNames.map((name) => h('li', {}, bdi(labelOf(form, name)))),
      ),
      todo(t('entered.paper'), t('entered.mend'), t('entered.right')),
      acts(
        button(t('entered.correct'), () => correct(form, record, data, data.revision, shownNames), 'main'),
        onwards(form.ballot_id),
      ),
      no,
    )
  }
  put(
    title('end.sent'),
    form.test,
    whoLine(),
    state('sent', 'tick', t('end.sent'), h('p', {}, rich(t('entered.waits', { time: at })))),
    no,
    returnedSays,
    acts(
      onwards(form.ballot_id),
      button(t('entered.correct'), () => correct(form, record, data, data.revision)),
    ),
  )
}

export function newlySentBack(id) {
  draft.sentBack = [...(draft.sentBack ?? []), id]
  save()
}
