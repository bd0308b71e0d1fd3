// The entry page: figures typed, read through, signed and sent. It adds up and reads numbers; every rule is the server's.
// Each view is a file of its own; what is shown is said by the address.
import { fromDesk } from './enter-again.js'
import { atDesk, choose, election, findKey, forms, getForm, has_own, identify, may, setOnline, who } from './enter-asked.js'
import { viewContests } from './enter-contests.js'
import { viewDifferences } from './enter-differences.js'
import { openDraft } from './enter-drafts.js'
import { viewEnd } from './enter-ends.js'
import { viewFigures } from './enter-figures.js'
import { viewElections, viewNoKey, viewNotEnrolled, viewNotYours, viewOffline, viewOtherRole } from './enter-nobody.js'
import { viewOther } from './enter-other.js'
import { place, shown, viewFailed } from './enter-page.js'
import { viewDeclare, viewReview } from './enter-review.js'
import { hasDrawn, resume } from './enter-sending.js'
import { byList, byStages } from './figures.js'
import { allKeys } from './people.js'
import { startSpeaking } from './words.js'

const TYPISTS = ['clerk', 'second-person', 'returning-officer']
let turn = 0

async function show() {
  clearTimeout(shown.timer)
  let at = place()
  // Whoever has gone elsewhere meanwhile is not fetched back by an answer that comes late, nor is what was drawn anew since.
  const { hash } = location,
    own = ++turn,
    gone = () => location.hash !== hash || own !== turn
  if (at.e && at.e !== election) choose(at.e)
  try {
    const keys = await allKeys()
    if (!election) {
      if (!keys.length) return viewNoKey()
      if (keys.length > 1) return viewElections(keys)
      choose(keys[0].election)
    }
    if (!(await findKey())) return viewNoKey()
    if (!who) {
      const refused = await identify()
      if (gone()) return
      if (refused) return viewNotEnrolled(refused)
      if (!who) return viewOffline()
      resume()
    }
    at = place()
    if (!TYPISTS.includes(who.role) && !(atDesk() && at.ballot)) return viewOtherRole()
    if (!at.ballot) return await viewContests(gone)
    if (!has_own(at.ballot)) return viewNotYours(at.ballot)
    // What is published of stages and constituencies goes on: it is asked for again where figures are typed.
    const before = forms.get(`form:${election}/${at.ballot}`)
    const form = await getForm(at.ballot, Boolean(before) && ['', 'figures'].includes(at.view) && (byStages(before) || byList(before)))
    await openDraft(at.ballot, gone)
    if (gone()) return
    if (at.view === 'correct' && atDesk()) return await fromDesk(form)
    if (at.view === 'end') return await viewEnd(form, at.id, gone)
    if (at.view === 'review') return await viewReview(form, gone)
    if (at.view === 'differences') return await viewDifferences(form, at.id, gone)
    if (at.view === 'declare') return await viewDeclare(form, at.id, gone)
    if (at.view === 'other' && may('declare') && !atDesk()) return viewOther(form)
    return await viewFigures(form)
  } catch (error) {
    viewFailed(error)
  } finally {
    shown.focus = true
  }
}

shown.draw = show
startSpeaking(() => {
  shown.focus = false
  show()
})
addEventListener('hashchange', () => {
  hasDrawn('')
  shown.focus = true
  show()
})
addEventListener('online', () => setOnline(true))
addEventListener('offline', () => setOnline(false))
addEventListener('unhandledrejection', (event) => viewFailed(event.reason))
navigator.serviceWorker?.register('/enter/worker.js', { scope: '/enter' }).catch(() => {})
show()
