// What is said while an election is closed: nothing that is sent is accepted.
import { h } from './elements.js'
import { closed, getContests, online } from './enter-asked.js'
import { set, shown, theDesk } from './enter-page.js'
import { dated, t } from './words.js'

const closedSays = () => (closed ? t('closed.says', { time: dated(closed), desk: theDesk() }) : '')
export const closedNote = () => h('p', { class: 'note-from', id: 'closed', role: 'status', hidden: !closed }, closedSays())

/** While somebody types, it may be closed, or opened again: nothing else on the page changes. */
export async function watchClosed() {
  if (online) await getContests()
  const at = document.getElementById('closed')
  if (!at || !document.getElementById('figures')) return
  at.hidden = !closed
  set('closed', closedSays())
  clearTimeout(shown.timer)
  shown.timer = setTimeout(watchClosed, 20000)
}
