// Read aloud, and signed: the review of what was typed, and of what two people have typed alike.
import { h, rich } from './elements.js'
import { correct } from './enter-again.js'
import { atDesk, election, may, mine, who } from './enter-asked.js'
import { deed } from './enter-deed.js'
import { draft, save } from './enter-drafts.js'
import { revisionOf } from './enter-figures.js'
import { acts, address, button, faultList, fieldId, go, h1, link, put, step, whoLine } from './enter-page.js'
import { sign } from './enter-sending.js'
import { faultWords } from './enter-words.js'
import { draftOf, figuresOf, reckon } from './figures.js'
import { kept, outbox, serverNow } from './people.js'
import { clock, lastAt, sameDay, t } from './words.js'

/** What is said with a declaration besides its figures: when it was read out, and by the desk why it is corrected. */
function saidBesides(form, data) {
  const day = h('span', { class: 'hint', id: 'read-out-is' })
  const tell = () => {
    const at = lastAt(draft.read_out ?? '', soonest())
    day.textContent = at ? dayOf(at) : ''
  }
  const made =
    READ_OUT.includes(data.kind) &&
    h(
      'div',
      { class: 'read-out' },
      h('label', { for: fieldId('read_out') }, h('b', {}, t('read_out')), h('span', { class: 'hint' }, t('read_out.says'))),
      h('input', {
        id: fieldId('read_out'),
        type: 'text',
        inputmode: 'numeric',
        autocomplete: 'off',
        placeholder: t('read_out.like'),
        'aria-describedby': 'read-out-is',
        value: draft.read_out ?? '',
        oninput: (event) => {
          draft.read_out = event.target.value
          save()
          tell()
        },
      }),
      day,
    )
  tell()
  const why =
    atDesk() &&
    h(
      'p',
      {},
      h('label', { class: 'big', for: fieldId('reason') }, t('desk.reason')),
      h(
        'textarea',
        {
          id: fieldId('reason'),
          maxlength: '200',
          oninput: (event) => {
            draft.reason = event.target.value
            save()
          },
        },
        draft.reason ?? '',
      ),
      h('span', { class: 'hint' }, t('desk.reason.says')),
    )
  return [made, why]
}

/** The same as fields of a declaration; null, and said, where one is missing or cannot be read. */
function besides(form, data) {
  const field = document.getElementById(fieldId('read_out')),
    at = lastAt(draft.read_out ?? '', soonest()),
    reason = (draft.reason ?? '').trim(),
    faults = []
  if (field?.value.trim() && !at) faults.push({ name: 'read_out', text: t('fault.time') })
  if (atDesk() && !reason) faults.push({ name: 'reason', text: t('fault.reason') })
  if (faults.length) {
    faultList(faults, t('faults', { n: faults.length }), true)
    return null
  }
  return { ...(field && at ? { declared_at: at.toISOString().replace('.000Z', 'Z') } : {}), ...(atDesk() ? { reason } : {}) }
}

const READ_OUT = ['declared', 'stage', 'flash', 'uncontested']

/** A minute from now: clocks on walls are not as exact as those of servers. */
const soonest = () => new Date(serverNow().getTime() + 60000)

/** Today, or yesterday where a time of day is later than now. */
const dayOf = (at) => t(sameDay(at, serverNow()) ? 'read_out.today' : 'read_out.yesterday', { time: clock(at) })

/** Whether figures repeat the stages that are published, and say more. */
const grows = (form, data) => form.count?.kind === 'stage' && data.stages?.length > form.count.stages.length

export async function viewReview(form, gone) {
  const other = draft.kind
  const sums = other ? null : reckon(form, draft)
  if (!other && !sums.ready) return go(form.ballot_id, 'figures', '', true)
  const revision = await revisionOf(form, true)
  if (gone()) return
  const data = other
    ? {
        ballot_id: form.ballot_id,
        revision,
        kind: draft.kind,
        ...(draft.elected?.length ? { elected: draft.elected } : {}),
        ...(draft.reason ? { reason: draft.reason } : {}),
      }
    : figuresOf(form, draft, sums, revision)
  if (other && !may('declare')) return go(form.ballot_id, 'figures', '', true)
  const type = may('declare') ? 'declaration' : 'entry'
  const gap = sums?.gaps.length ? h('p', { class: 'note-from' }, t('review.gap', { gap: faultWords(form, sums.gaps[0]).text })) : null
  put(
    `${t('review')}, ${form.name}`,
    form.test,
    whoLine(),
    step(t('step.of', { n: 3, contest: form.name })),
    h1(t('review')),
    h('p', {}, rich(t(other ? 'review.other' : type === 'declaration' ? 'review.officer' : 'review.clerk'))),
    gap,
    revision > 1 && !other
      ? h(
          'p',
          { class: 'note-from' },
          grows(form, data)
            ? t('review.stage', { n: data.stages.length + 1, before: form.count.stages.length + 1 })
            : t('review.correction', { n: revision, before: revision - 1 }),
        )
      : null,
    deed(form, data),
    h('div', { id: 'faults' }),
    type === 'declaration' ? saidBesides(form, data) : null,
    acts(
      button(
        t('review.send'),
        (event) => {
          const more = besides(form, data)
          if (type === 'declaration' && !more) return
          event.target.disabled = true
          sign(
            form,
            type,
            type === 'declaration'
              ? { ...data, ...(form.returning_officer ? { returning_officer: form.returning_officer } : {}), ...more }
              : data,
          )
        },
        'main',
      ),
      link(t(other ? 'review.change.other' : 'review.change'), address(form.ballot_id, other ? 'other' : 'figures')),
    ),
    h(
      'p',
      { class: 'hint' },
      t(type === 'declaration' ? 'review.as' : 'review.as.entry', {
        name: who.name ?? mine.name ?? who.person,
        role: t(`role.${who.role}`),
      }),
    ),
  )
}

/** Two people's entries agree: the declaration that cites them is read aloud, and signed. */
export async function viewDeclare(form, id, gone) {
  const record = await kept.get('outbox', id)
  const entered = record?.receipt?.entered
  if (!entered?.agrees || !entered.other) return go(form.ballot_id, 'end', id, true)
  const done = (await outbox(election)).find(
    (one) =>
      one.type === 'declaration' &&
      one.subject === form.ballot_id &&
      one.end !== 'refused' &&
      JSON.parse(one.body).data.entries?.includes(record.digest),
  )
  if (gone()) return
  if (done) return go(form.ballot_id, 'end', done.id, true)
  const own = JSON.parse(record.body).data
  const data = {
    ...own,
    ...(form.returning_officer ? { returning_officer: form.returning_officer } : {}),
    entries: [entered.other, record.digest],
  }
  const sums = reckon(form, draftOf(own, form))
  put(
    `${t('review')}, ${form.name}`,
    form.test,
    whoLine(),
    step(t('step.of', { n: 3, contest: form.name })),
    h1(t('review')),
    h('p', {}, rich(t(sums.gaps.length ? 'declare.gap' : 'declare.says'))),
    sums.gaps.length ? h('p', { class: 'note-from' }, t('review.gap', { gap: faultWords(form, sums.gaps[0]).text })) : null,
    deed(form, own),
    h('div', { id: 'faults' }),
    saidBesides(form, data),
    acts(
      button(
        t('review.send'),
        (event) => {
          const more = besides(form, data)
          if (!more) return
          event.target.disabled = true
          sign(form, 'declaration', { ...data, ...more })
        },
        'main',
      ),
      button(t('review.change'), () => correct(form, record, own, own.revision)),
    ),
    h('p', { class: 'hint' }, t('review.as', { name: who.name ?? mine.name ?? who.person, role: t(`role.${who.role}`) })),
  )
}
