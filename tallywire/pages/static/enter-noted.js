// What a result would note of a count by stages. Its rules are the service's, which is asked as one types.
import { election, online } from './enter-asked.js'
import { figuresOf } from './figures.js'
import { asked } from './people.js'
import { stageField } from './stages.js'

/** What was asked last, and what the service said of it. */
let last = '',
  told = []

const fieldOf = (draft, { code, stage, candidate }) =>
  code === 'stages.ended_early'
    ? 'over'
    : code === 'stages.surplus_left' || !candidate
      ? `stage.${stage}.did`
      : stageField(draft, stage, candidate)

/** What is odd about the stages typed so far, beside their fields; `again` is called when the service has answered. */
export function notedOf(form, draft, sums, again) {
  const count = sums.stages
  if (!online || !count?.known || !count.stages.length || !count.stages.every((stage) => stage.whole)) return []
  const { ballot_id, revision, kind, votes, quota, stages, elected } = figuresOf(form, draft, sums, 1)
  const body = JSON.stringify({ ballot_id, revision, kind, votes, quota, stages, elected })
  if (body !== last) {
    last = body
    told = []
    asked(election, `/enter/${election}/contests/${form.ballot_id}/noted`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
    })
      .then(async (answer) => {
        const noted = answer.ok ? (await answer.json()).noted : []
        if (body !== last || !noted.length) return
        told = noted
        again()
      })
      .catch(() => {}) // Without a connection nothing is said: the result will.
  }
  return told
    .filter((one) => one.code === 'stages.ended_early' || one.stage > (draft.begun ?? 0))
    .map((one) => ({
      name: fieldOf(draft, one),
      gap: `noted_${one.code.replace('stages.', '')}`,
      noted: true,
      stage: one.stage,
      whose: one.candidate,
    }))
}
