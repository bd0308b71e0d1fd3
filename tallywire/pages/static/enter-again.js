// A draft of figures that were sent: to be corrected, or to go on with the next stage.
import { getForm } from './enter-asked.js'
import { draft, draftId, newDraft, save } from './enter-drafts.js'
import { go, leaving } from './enter-page.js'
import { byList, byStages, draftOf, headsOf, reckon } from './figures.js'
import { kept } from './people.js'

/** Open a draft of figures that were sent. */
export function correct(form, record, data, revision, marked) {
  const figures = ['declared', 'stage'].includes(data.kind)
  newDraft(
    form.ballot_id,
    figures
      ? { ...draftOf(data, form), revision, marked, ...otherElected(form, data) }
      : { kind: data.kind, elected: data.elected ?? [], reason: data.reason ?? '', revision },
  )
  go(form.ballot_id, figures ? 'figures' : 'other')
}

/** What the desk has in hand, as it was declared, to be corrected. */
export async function fromDesk(form) {
  const id = `correct:${draftId(form.ballot_id)}`
  const gone = leaving()
  const given = await kept.get('kept', id)
  if (gone()) return
  if (!given) return go(form.ballot_id, 'figures', '', true)
  const { figures, revision } = given,
    heads = figures?.rejected_by_head && { ...Object.fromEntries(headsOf(form).map((head) => [head, 0])), ...figures.rejected_by_head }
  newDraft(form.ballot_id, {
    ...(figures ? { ...draftOf({ ...figures, ...(heads ? { rejected_by_head: heads } : {}) }, form), ...otherElected(form, figures) } : {}),
    revision,
  })
  await kept.delete('kept', id)
  if (!gone()) go(form.ballot_id, 'figures', '', true)
}

/** Go on with a count: from what was sent here, or from what is published where that has more stages by now. */
export async function nextStage(form, record, data) {
  const gone = leaving()
  const { count } = await getForm(form.ballot_id, true)
  if (gone()) return
  if (count?.kind !== 'stage' || count.stages.length <= (data.stages?.length ?? 0)) {
    correct(form, record, data, data.revision + 1)
    draft.begun = (data.stages?.length ?? 0) + 1
    return save()
  }
  newDraft(form.ballot_id, {})
  go(form.ballot_id, 'figures')
}

const otherElected = (form, data) =>
  data.elected && !byStages(form) && !byList(form) && !sameWinners(form, data) ? { other_elected: data.elected } : {}

function sameWinners(form, data) {
  const found = reckon(form, draftOf(data, form)).elected
  return found.length === data.elected.length && found.every((one) => data.elected.includes(one))
}
