// The entry page: figures typed, read through, signed and sent. It adds up and reads numbers; every rule is the server's.
import { byList, byStages, column, differing, draftOf, exact, fieldOfPath, fieldsOf, figureAt, figuresOf, headsOf, read, readVotes, reckon, seatsOf, thousands, votesOfPaper } from './figures.js'
import { leftField, placesOf, reckonStages, turned } from './stages.js'
import { bdi, drawing, h, icon, rich, running } from './elements.js'
import { NotSignedIn, allKeys, asFile, asked, keyOf, kept, outbox, post, receiptCode, serverNow, signIn, signedEvent } from './people.js'
import { clock, dated, has, lastAt, listed, sameDay, startSpeaking, t, toTheSecond, zone } from './words.js'

const main = document.getElementById('main'), telephone = main.dataset.telephone
const ENDED = ['sent', 'held', 'refused'], TYPISTS = ['clerk', 'second-person', 'returning-officer']
let election = '', who = null, contests = [], closed = null, online = navigator.onLine !== false, timer = 0
const forms = new Map()

// ---- addresses: #/election/ballot/view, so that Back goes back and a reload stays ----
const place = () => { const [, e = '', ballot = '', view = '', id = ''] = location.hash.split('/'); return { e, ballot, view, id } }
const address = (ballot = '', view = '', id = '') => '#/' + [election, ballot, view, id].filter(Boolean).join('/')
function go(ballot, view, id, instead = false) {
  const to = address(ballot, view, id)
  if (to === location.hash) return show()
  if (instead) { history.replaceState(null, '', to); show() } else location.hash = to
}

// ---- drafts: in two places at each keystroke. One is written before the next line runs, the other is on the disk. ----
const draftId = (ballot) => `${election}/${ballot}`
let draft = null, writing = Promise.resolve(), waiting = false
async function openDraft(ballot) {
  const id = draftId(ballot)
  if (draft?.id === id) return draft
  let quick = null
  try { quick = JSON.parse(localStorage.getItem(`tallywire.draft.${id}`)) } catch { /* the other one, then */ }
  const slow = await kept.get('drafts', id).catch(() => null)
  draft = [quick, slow].filter(Boolean).sort((a, b) => (a.saved < b.saved ? 1 : -1))[0] ?? { id, text: {} }
  return draft
}
function save(sent) {
  draft.saved = new Date().toISOString()
  // What was sent as it is, is no draft; the next keystroke makes it one again.
  draft.sent = sent
  try { localStorage.setItem(`tallywire.draft.${draft.id}`, JSON.stringify(draft)) } catch { /* full: the other one is kept */ }
  if (!waiting) {
    waiting = true
    writing = writing.then(() => { waiting = false; return kept.put('drafts', structuredClone(draft)) }).catch(() => {})
  }
  const said = document.getElementById('saved')
  if (said) said.textContent = t('draft.saved', { time: clock(draft.saved) })
}
/** Drop a draft; with the id of an event, only where what it sent is still what is there: another may have been begun since. */
async function dropDraft(ballot, event) {
  const id = draftId(ballot)
  if (event && (draft?.id === id ? draft : await kept.get('drafts', id))?.sent !== event) return
  try { localStorage.removeItem(`tallywire.draft.${id}`) } catch { /* nothing there */ }
  if (draft?.id === id) draft = null
  await writing
  await kept.delete('drafts', id)
}
const newDraft = (ballot, values) => { draft = { id: draftId(ballot), text: {}, ...values }; save() }
const begun = (one) => one && !one.sent && (Object.values(one.text ?? {}).some((text) => text !== '') || one.kind)

// ---- what is asked of the server ----
async function getForm(ballot, fresh = false) {
  const id = `form:${election}/${ballot}`
  if (forms.has(id) && !fresh) return forms.get(id)
  try {
    const answer = await fetch(`/v1/elections/${election}/contests/${ballot}/form`, { cache: 'no-store', signal: AbortSignal.timeout(8000) })
    if (!answer.ok) throw new Error(String(answer.status))
    const form = await answer.json()
    forms.set(id, form)
    await kept.put('kept', { id, form })
  } catch (error) {
    const form = forms.get(id) ?? (await kept.get('kept', id))?.form
    if (!form) throw error
    forms.set(id, form)
  }
  return forms.get(id)
}
async function identify() {
  who = null
  try {
    who = await signIn(election)
    setOnline(true)
    await kept.put('kept', { id: `who:${election}`, who })
  } catch (error) {
    if (error instanceof NotSignedIn && error.status !== 503 && error.status !== 429) return error
    setOnline(false)
    who = (await kept.get('kept', `who:${election}`))?.who ?? null
  }
  return null
}
async function getContests() {
  try {
    const answer = await asked(election, `/enter/${election}/contests`)
    if (!answer.ok) throw new Error(String(answer.status))
    const said = await answer.json()
    contests = said.contests
    closed = said.closed_since ?? null
    setOnline(true)
    await kept.put('kept', { id: `contests:${election}`, contests, closed })
  } catch {
    setOnline(navigator.onLine !== false && online)
    const known = await kept.get('kept', `contests:${election}`)
    contests = known?.contests ?? contests
    closed = known?.closed ?? null
  }
  return contests
}
/** What is said while the election is closed: nothing that is sent is accepted. */
const closedNote = () => h('p', { class: 'note-from', id: 'closed', role: 'status', hidden: !closed }, closedSays())
const closedSays = () => (closed ? t('closed.says', { time: dated(closed), desk: theDesk() }) : '')
/** While somebody types, it may be closed, or opened again: nothing else on the page changes. */
async function watchClosed() {
  if (online) await getContests()
  const at = document.getElementById('closed')
  if (!at || !document.getElementById('figures')) return
  at.hidden = !closed
  set('closed', closedSays())
  clearTimeout(timer)
  timer = setTimeout(watchClosed, 20000)
}
async function getReadings(ballot, revision) {
  try {
    const answer = await asked(election, `/enter/${election}/contests/${ballot}/readings/${revision}`)
    return answer.ok ? (await answer.json()).readings : null
  } catch { return null }
}
const has_own = (ballot) => !who?.contests || who.contests.includes(ballot)
/** Somebody at the desk corrects what was declared, with a reason; the rest of the desk is a page of its own. */
const atDesk = () => who?.role === 'desk'
const onwards = (ballot) => (atDesk() ? link(t('desk.back'), `/desk/${election}?contest=${ballot}`) : link(t('end.next'), address()))
const may = (action) => ({ 'second-person': ['enter', 'cite'], clerk: ['enter'], 'returning-officer': ['enter', 'cite', 'declare', 'withdraw', 'recount'], desk: ['declare'] })[who?.role]?.includes(action) ?? false

// ---- the page around it ----
const NAMES = ['rehearsal', 'sandbox', 'test']
function frame(test) {
  const kind = !test ? null : NAMES.find((name) => election.startsWith(`${name}.`)) ?? 'test'
  let bar = document.getElementById('trial')
  if (!kind) { bar?.remove(); document.body.classList.remove('trial'); return '' }
  if (!bar) { bar = h('div', { id: 'trial', class: 'trial-bar', role: 'region' }); document.body.prepend(bar) }
  bar.setAttribute('aria-label', t(`trial.${kind}`))
  bar.replaceChildren(h('strong', {}, t(`trial.${kind}`)), h('span', {}, t('trial.says')))
  document.body.classList.add('trial')
  return `${t(`trial.${kind}`)}: `
}
function setOnline(now) {
  online = now
  const net = document.getElementById('net')
  if (!net) return
  net.classList.toggle('off', !now)
  net.lastChild.textContent = t(now ? 'net.on' : 'net.off')
}
const callDesk = (cls = 'btn') => telephone && h('a', { class: cls, href: `tel:${telephone.replace(/[^+\d]/g, '')}` }, t('desk.call', { telephone }))
const theDesk = () => (telephone ? t('desk.number', { telephone }) : t('desk.some'))
const person = () => [h('b', {}, bdi(who?.name ?? mine?.name ?? who?.person ?? ''), who ? `, ${t(`role.${who.role}`)}` : '')]
let mine = null
function whoLine() {
  return h('div', { class: 'who noprint' }, h('span', {}, person()), h('span', { class: online ? 'net' : 'net off', id: 'net' }, h('i'), h('span', {}, t(online ? 'net.on' : 'net.off'))))
}
/** Put a view on the page. Focus goes to its heading: the person has asked for it. */
function put(title, test, ...children) {
  document.title = `${frame(test)}${title} - ${t('page')} - Tallywire`
  main.replaceChildren(...children.flat(9).filter(Boolean))
  if (shown.focus) (main.querySelector('[data-first]') ?? main.querySelector('h1'))?.setAttribute('tabindex', '-1')
  if (shown.focus) { scrollTo(0, 0); (main.querySelector('[data-first]') ?? main.querySelector('h1'))?.focus({ preventScroll: true }) }
}
const shown = { focus: false }
const step = (text) => h('p', { class: 'step' }, text)
const h1 = (...text) => h('h1', {}, ...text)
const acts = (...children) => h('div', { class: 'acts' }, ...children)
const button = (text, onclick, cls) => h('button', { type: 'button', class: cls, onclick }, text)
const link = (text, href) => h('a', { class: 'btn', href }, text)
const todo = (...items) => [h('h2', {}, t('todo')), h('ol', { class: 'todo' }, items.filter(Boolean).map((item) => h('li', {}, rich(item))))]
const nameOf = (form, candidate) => form.candidates.find((one) => one.candidate === candidate)?.name ?? candidate
function labelOf(form, name) {
  const [part, first, second] = name.split('.')
  if (part === 'votes') return nameOf(form, first)
  if (part === 'final') return t('figure.final', { name: nameOf(form, first) })
  if (part === 'area') return second === 'rejected' ? t('figure.area_rejected', { area: form.areas[first] }) : t('figure.area', { area: form.areas[first], name: nameOf(form, second) })
  if (part === 'head') return t(`head.${first}`)
  if (part === 'seat') return t('seat', { n: first })
  if (part === 'stage' && second === 'did') return t('figure.stage_did', { n: first })
  if (part === 'stage') return ['left', 'lost'].includes(second) ? t('figure.stage_left', { n: first }) : t('figure.stage', { n: first, name: nameOf(form, name.split('.').slice(3).join('.')) })
  return has(`figure.${part}`) ? t(`figure.${part}`) : part
}

// ---- views ----
let turn = 0
async function show() {
  clearTimeout(timer)
  let at = place()
  // Whoever has gone elsewhere meanwhile is not fetched back by an answer that comes late, nor is what was drawn anew since.
  const { hash } = location, own = ++turn, gone = () => location.hash !== hash || own !== turn
  if (at.e && at.e !== election) { election = at.e; who = null; contests = []; closed = null }
  try {
    const keys = await allKeys()
    if (!election) {
      if (!keys.length) return viewNoKey()
      if (keys.length > 1) return viewElections(keys)
      election = keys[0].election
    }
    mine = await keyOf(election)
    if (!mine) return viewNoKey()
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
    await openDraft(at.ballot)
    if (gone()) return
    if (at.view === 'correct' && atDesk()) return await fromDesk(form)
    if (at.view === 'end') return await viewEnd(form, at.id, gone)
    if (at.view === 'review') return await viewReview(form, gone)
    if (at.view === 'differences') return await viewDifferences(form, at.id, gone)
    if (at.view === 'declare') return await viewDeclare(form, at.id, gone)
    if (at.view === 'other' && may('declare') && !atDesk()) return viewOther(form)
    return await viewFigures(form)
  } catch (error) { viewFailed(error) } finally { shown.focus = true }
}

function viewFailed(error) {
  console.info(error)
  put(t('failed'), false, h1(t('failed')), h('p', {}, t('failed.says')), acts(button(t('again'), () => location.reload(), 'main'), callDesk()), h('p', { class: 'hint' }, String(error?.message ?? error)))
}
function viewOffline() { put(t('offline'), false, h1(t('offline')), h('p', {}, t('offline.says')), acts(button(t('again'), show, 'main'), callDesk())) }
function viewNoKey() {
  const list = document.getElementById('elections').content.cloneNode(true)
  put(t('nokey'), false, h1(t('nokey')), h('p', {}, t('nokey.says')), todo(t('nokey.link'), t('nokey.ask', { desk: theDesk() })), h('h2', {}, t('nokey.elections')),
    h('ul', { class: 'pick' }, [...list.querySelectorAll('li')].map((one) => h('li', {}, h('p', {}, h('b', {}, bdi(one.dataset.name)), h('span', { class: 'st' }, t(one.dataset.signed ? 'nokey.signed' : 'nokey.unsigned')))))))
}
function viewElections(keys) {
  put(t('elections'), false, h1(t('elections')), h('ul', { class: 'pick' }, keys.map((key) => h('li', {}, h('a', { href: `#/${key.election}` }, h('b', {}, key.election), h('span', { class: 'st' }, t('elections.key', { key: key.kid.slice(0, 8) })))))))
}
function viewNotEnrolled(refused) {
  const code = refused.problem?.reasons?.[0]?.code ?? ''
  if (code === 'signature.unknown_key') {
    put(t('unknown'), false, h1(t('unknown')), h('p', {}, t('unknown.says')), todo(t('unknown.wait'), t('nokey.ask', { desk: theDesk() })), acts(button(t('again'), show, 'main'), callDesk()))
  } else put(t('nosign'), false, h1(t('nosign')), h('p', { lang: 'en' }, refused.message), todo(t('nokey.ask', { desk: theDesk() })), acts(button(t('again'), show, 'main'), callDesk()))
}
function viewOtherRole() { put(t('role.other'), false, whoLine(), h1(t('role.other')), h('p', {}, t('role.other.says', { role: t(`role.${who.role}`) })), acts(link(t('desk.go'), '/desk'))) }
function viewNotYours(ballot) { put(t('notyours'), false, whoLine(), h1(t('notyours')), h('p', {}, t('notyours.says', { contest: ballot })), acts(link(t('contests.all'), address()))) }

/** What is so of a contest, in one line, and where a tap leads. */
function statusOf(contest, records, drafts) {
  const ballot = contest.ballot_id, last = records.find((one) => one.subject === ballot)
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
  if (contest.next_revision > 1) return { href: address(ballot, 'figures'), text: t('status.declared', { n: contest.next_revision - 1 }), done: true }
  return { href: address(ballot, 'figures'), text: t('status.none') }
}
async function viewContests(gone) {
  await getContests()
  const [records, drafts] = await Promise.all([outbox(election), kept.all('drafts')])
  if (gone()) return
  const test = contests.some((one) => one.test) || NAMES.some((name) => election.startsWith(`${name}.`))
  const rows = contests.map((contest) => {
    const status = statusOf(contest, records, drafts)
    return h('li', { class: status.done ? 'done' : null, 'data-name': contest.name.toLocaleLowerCase() }, h('a', { href: status.href }, h('b', {}, bdi(contest.name)), h('span', { class: 'st' }, status.text)))
  })
  const list = h('ul', { class: 'pick' }, rows), none = h('p', { class: 'hint', hidden: true }, t('contests.none'))
  const find = (event) => {
    const wanted = event.target.value.trim().toLocaleLowerCase()
    for (const row of rows) row.hidden = !row.dataset.name.includes(wanted)
    none.hidden = rows.some((row) => !row.hidden)
  }
  put(t('contests'), test, whoLine(), step(t('step', { n: 1 })), h1(t('contests')), closedNote(), test && h('p', {}, t('contests.trial')),
    rows.length > 5 && h('p', {}, h('label', { class: 'big', for: 'q' }, t('contests.find')), h('input', { class: 'full', id: 'q', type: 'search', autocomplete: 'off', oninput: find })), list, none,
    !rows.length && h('p', {}, t('contests.empty')))
  // So that they can be typed where there is no connection.
  if (contests.length <= 40) for (const contest of contests) getForm(contest.ballot_id).catch(() => {})
  timer = setTimeout(async () => {
    if (document.activeElement?.id === 'q') return
    // Whoever is on a link stays there.
    const name = document.activeElement?.closest?.('li')?.dataset.name
    shown.focus = false
    await show()
    if (name) [...main.querySelectorAll('.pick li')].find((row) => row.dataset.name === name)?.querySelector('a').focus({ preventScroll: true })
  }, 20000)
}

// ---- figures ----
let left = new Set()
const fieldId = (name) => `f-${name}`
function fig(form, name, label, sub) {
  const id = fieldId(name), input = h('input', { id, name, type: 'text', inputmode: 'numeric', autocomplete: 'off', value: draft.text[name] ?? '' })
  const differs = draft.marked?.includes(name)
  return h('div', { class: 'fig' }, h('label', { for: id }, h('b', {}, bdi(label)), sub && h('span', {}, bdi(sub)), differs && h('span', { class: 'marked' }, t('figures.marked'))), input)
}
/** What is typed in a field: votes with fractions at a stage, whole numbers elsewhere. */
const readField = (form, name, text) => (name.startsWith('stage.') ? readVotes(text, placesOf(form), Boolean(draft.moves)) : read(text))
const written = (form, name, one) => (name.startsWith('stage.') ? exact(one) : thousands(one))
const check = (id, text, on, change) => h('label', { class: 'check', for: id }, h('input', { id, type: 'checkbox', checked: on, onchange: change }), h('span', {}, text))

async function viewFigures(form) {
  // Whoever comes here types figures, whatever else was begun.
  if (draft.kind) { draft.kind = undefined; save(draft.sent) }
  if (byStages(form)) goOn(form)
  left = new Set()
  const title = t(atDesk() ? 'figures.correct' : 'figures'), areas = draft.with_areas ? form.areas : []
  const toggle = (name) => (event) => { draft[name] = event.target.checked; save(); redraw(form, event.target.id) }
  const heads = headsOf(form)
  const returned = contests.find((one) => one.ballot_id === form.ballot_id)?.returned
  put(`${title}, ${form.name}`, form.test, whoLine(), step(t('step.of', { n: 2, contest: form.name })), h1(title), closedNote(),
    h('p', { class: 'hint' }, t(atDesk() ? 'figures.desk' : may('declare') || who.role === 'clerk' ? 'figures.says' : 'figures.blind'), ' ', h('b', { id: 'saved' }, draft.saved ? t('draft.saved', { time: clock(draft.saved) }) : t('draft.none'))),
    draft.marked?.length ? h('p', { class: 'note-from' }, t('figures.look')) : null,
    unopposed(form) ? h('div', { class: 'note-from' }, h('p', {}, t('other.uncontested.says')), may('declare') && !atDesk() ? acts(button(t('other.uncontested'), () => { newDraft(form.ballot_id, { kind: 'uncontested' }); go(form.ballot_id, 'other') })) : h('p', {}, t('other.officer.unopposed', { desk: theDesk() }))) : null,
    returned && h('blockquote', { class: 'note-from' }, h('p', {}, t('returned.by', { person: returned.person })), h('p', { class: 'words' }, bdi(returned.note))),
    h('div', { id: 'faults' }),
    h('form', { id: 'figures', novalidate: true, onsubmit: (event) => { event.preventDefault(); readThrough(form) }, oninput: (event) => typed(form, event), onfocusout: (event) => leave(form, event), onpaste: (event) => pasted(form, event) },
      h('h2', {}, t(votesTitle(form))),
      form.question && h('p', { class: 'words' }, bdi(form.question)),
      form.seats > 1 && h('p', { class: 'hint' }, t(byList(form) ? 'figures.lists' : byStages(form) ? 'figures.stv' : 'figures.seats', { n: form.seats })),
      form.candidates.map((one) => fig(form, `votes.${one.candidate}`, one.name, subOf(form, one))),
      h('div', { class: 'fig total' }, h('span', {}, t('figures.valid')), h('output', { id: 'valid' })),
      byStages(form) && h('div', { class: 'fig total' }, h('span', {}, t('stage.quota'), h('span', { class: 'hint' }, t('stage.quota.says'))), h('output', { id: 'quota' })),
      h('div', { id: 'final' }),
      byList(form) && seatFields(form),
      h('h2', {}, t('figures.rejected')),
      !draft.no_rejected && !draft.only_total && heads.map((head) => fig(form, `head.${head}`, t(`head.${head}`), has(`head.${head}.more`) ? t(`head.${head}.more`) : null)),
      !draft.no_rejected && draft.only_total && fig(form, 'rejected', t('figure.rejected')),
      !draft.no_rejected && h('div', { class: 'fig total' }, h('span', {}, t('figures.all_rejected')), h('output', { id: 'rejected' })),
      !draft.no_rejected && check('only-total', t('figures.only_total'), draft.only_total, toggle('only_total')),
      check('no-rejected', t('figures.no_rejected'), draft.no_rejected, toggle('no_rejected')),
      h('h2', {}, t('figures.papers')),
      !draft.no_papers && fig(form, 'papers', t('figure.papers'), t('figure.papers.more')),
      check('no-papers', t('figures.no_papers'), draft.no_papers, toggle('no_papers')),
      h('p', { class: 'hint' }, form.electorate === null ? t('figures.no_electorate') : t('figures.electorate', { n: thousands(form.electorate) })),
      form.areas.length ? [h('h2', {}, t('figures.areas')), check('with-areas', t('figures.with_areas'), draft.with_areas, toggle('with_areas'))] : null,
      areas.map((area, at) => h('details', { class: 'area', open: at === 0 }, h('summary', {}, bdi(area)), form.candidates.map((one) => fig(form, `area.${at}.${one.candidate}`, one.name, one.party)), fig(form, `area.${at}.rejected`, t('figure.rejected')))),
      byStages(form) && [h('h2', {}, t('stages')), h('div', { id: 'stages' }), h('div', { id: 'after' })],
      !byList(form) && h('div', { id: 'lot' }), h('div', { id: 'others' }),
      h('section', { class: 'sums', 'aria-label': t('sums') },
        h('dl', {}, ['valid', 'rejected', byStages(form) ? 'filled' : byList(form) ? 'seats' : 'majority', 'turnout'].map((one) => h('div', {}, h('dt', {}, t(`sums.${one}`)), h('dd', { id: `s-${one}` })))),
        h('p', { class: 'verd', id: 'verd', role: 'status' })),
      acts(h('button', { class: 'main', id: 'read' }, t(may('declare') || who.role === 'clerk' ? 'figures.read' : 'figures.compare')),
        may('declare') && contests.find((one) => one.ballot_id === form.ballot_id)?.typed?.some((one) => !one.mine) && button(t('figures.compare'), () => readThrough(form, true)),
        atDesk() ? onwards(form.ballot_id) : link(t('figures.leave'), address()))),
    !atDesk() && h('details', {}, h('summary', {}, t('other.ask')), may('declare') ? [h('p', {}, t('other.says')), acts(link(t('other'), address(form.ballot_id, 'other')))] : h('p', {}, t('other.officer', { desk: theDesk() }))))
  add(form)
  const marked = draft.marked?.[0] && document.getElementById(fieldId(draft.marked[0]))
  if (marked && shown.focus) marked.scrollIntoView({ block: 'center' })
  clearTimeout(timer)
  timer = setTimeout(watchClosed, contests.length ? 20000 : 0)
}
/** Whether no more stand than there are seats: then there is no poll. */
const unopposed = (form) => !byList(form) && !form.question && form.candidates.length <= form.seats
function redraw(form, focused) {
  const at = scrollY
  shown.focus = false
  viewFigures(form).then(() => { scrollTo(0, at); document.getElementById(focused)?.focus({ preventScroll: true }); shown.focus = true })
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
  if (found.value !== undefined) { target.value = written(form, target.name, found.value); if (draft.text[target.name] !== target.value) { draft.text[target.name] = target.value; save() } }
  if (!found.empty) left.add(target.name)
  // Not at once: what moves between the press of a button and its release makes it no click.
  clearTimeout(soon)
  soon = setTimeout(() => add(form), 300)
}
/** A pasted column fills the fields below, within its own part: votes never run over into rejected papers. */
function pasted(form, event) {
  const found = column(event.clipboardData?.getData('text') ?? ''), from = event.target.name
  if (!found || !from) return
  event.preventDefault()
  const part = (name) => { const parts = name.split('.'); return parts[0] === 'area' ? `${parts[0]}.${parts[1]}` : parts[0] === 'stage' ? parts.slice(0, 3).join('.') : parts[0] }
  const names = [...event.currentTarget.querySelectorAll('.fig input')].map((input) => input.name).filter((name) => part(name) === part(from))
  const below = names.slice(names.indexOf(from)), { lines, several } = found
  const say = (words, values) => { faultList([{ text: t(words, values) }], t('paste'), false); document.querySelector('#faults .summary').classList.add('paste') }
  if (several) return say('paste.columns')
  if (lines.length > below.length) return say('paste.more', { n: lines.length, fields: below.length })
  lines.forEach((line, at) => { const input = document.getElementById(fieldId(below[at])); input.value = draft.text[below[at]] = line; left.add(below[at]); const { value } = readField(form, below[at], line); if (value !== undefined) input.value = draft.text[below[at]] = written(form, below[at], value) })
  save()
  add(form)
  if (lines.length < below.length) say('paste.fewer', { n: lines.length, fields: below.length })
  else document.getElementById('faults').replaceChildren()
}

const value = (one) => (typeof one === 'number' ? thousands(one) : one)
const values = (one) => Object.fromEntries(Object.entries(one).map(([name, each]) => [name, value(each)]))
function faultWords(form, one) {
  if (one.gap) return { text: t(`gap.${one.gap}`, { n: value(one.by), ...values(one), ...(one.passed ? { chosen: nameOf(form, one.chosen), passed: nameOf(form, one.passed) } : {}) }), more: t(one.nines ? 'gap.nines' : has(`gap.${one.gap}.more`) ? `gap.${one.gap}.more` : 'gap.look') }
  const more = `fault.${one.fault}.more`
  return { text: t(`fault.${one.fault}`, { n: one.places, ...values(one) }), more: has(more) ? t(more, values(one)) : '' }
}
function mark(form, name, one) {
  const input = document.getElementById(fieldId(name)), box = input?.tagName === 'FIELDSET' ? input : input?.closest('.fig'), id = `w-${name}`
  if (!box) return
  let why = document.getElementById(id)
  if (!one) { why?.remove(); box.classList.remove('bad', 'soft'); input.removeAttribute('aria-invalid'); input.removeAttribute('aria-describedby'); return }
  const { text, more } = faultWords(form, one)
  if (!why) { why = h('p', { class: 'why', id }); box.append(why) }
  if (why.dataset.text !== text + more) { why.dataset.text = text + more; why.replaceChildren(icon('warn'), h('span', { class: 'wy' }, text, more && h('span', {}, more))) }
  box.classList.add('bad')
  box.classList.toggle('soft', Boolean(one.gap))
  if (box !== input) input.setAttribute('aria-invalid', 'true')
  input.setAttribute('aria-describedby', id)
}
const set = (id, text) => { const at = document.getElementById(id); if (at && at.textContent !== text) at.textContent = text }
/** Add up, and say beside each field that was left what is not clear. */
function add(form, all = false) {
  if (!document.getElementById('figures')) return null
  const sums = reckon(form, draft)
  if (all) for (const name of sums.names) left.add(name)
  if (sums.stages) drawStages(form, sums)
  else if (sums.seats) drawSeats(form, sums)
  else { drawFinal(form, sums); drawLot(form, sums); if (!form.question) drawOthers(form, sums) }
  for (const name of [...sums.names, ...(sums.stages?.stages ?? []).map((stage) => `stage.${stage.number}.did`)]) {
    const fault = sums.faults.find((one) => one.name === name && (one.fault !== 'missing' || all || document.getElementById(fieldId(name))?.getAttribute('aria-invalid')))
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
  let cls = 'wait', text = sums.unclear ? t('sums.unclear', { n: sums.unclear }) : t('sums.empty', { n: sums.missing })
  if (sums.whole) {
    const gap = sums.gaps[0]
    if (gap?.passed) { cls = 'notgood'; text = `${t('stage', { n: gap.stage })}: ${faultWords(form, gap).text}` }
    else if (gap) { cls = 'notgood'; text = gap.name === 'papers' ? t('sums.bad', { gap: faultWords(form, gap).text }) : gap.stage ? t('sums.bad', { gap: `${t('stage', { n: gap.stage })}, ${faultWords(form, gap).text}` }) : t('sums.bad.some') }
    else if (sums.papers === null || sums.rejected === null) text = t('sums.part')
    else if (votesOfPaper(form) > 1) { cls = 'good'; text = t('sums.good.seats', { votes: thousands(sums.valid), papers: thousands(sums.papers) }) }
    else { cls = 'good'; text = t('sums.good', { votes: thousands(sums.valid + sums.rejected), papers: thousands(sums.papers) }) }
  }
  const verd = document.getElementById('verd')
  if (verd.textContent !== text) verd.replaceChildren(h('span', { class: `verd ${cls}` }, cls === 'wait' ? null : icon(cls === 'good' ? 'tick' : 'cross'), text))
  return sums
}
const changed = (at, key) => { if (at.dataset.key === key) return false; at.dataset.key = key; return true }
function drawFinal(form, sums) {
  const at = document.getElementById('final')
  if (!changed(at, sums.went.join())) return
  at.replaceChildren(...(sums.went.length ? [h('h2', {}, t('final')), h('p', { class: 'hint' }, t(sums.went.length > 2 ? 'final.tied' : 'final.says')), ...sums.went.map((one) => fig(form, `final.${one}`, nameOf(form, one), t('final.first', { n: thousands(sums.votes[one]) })))] : []))
}
function drawLot(form, sums, asked = 'lot') {
  const at = document.getElementById('lot'), tied = sums.valid && sums.whole ? sums.tied : []
  if (!changed(at, `${tied.join()} ${sums.places} ${sums.noAnswer}`)) return
  if (!tied.length) return at.replaceChildren(sums.noAnswer ? h('p', { class: 'note-from' }, t('answer.none')) : '')
  const pick = (one) => (event) => {
    draft.lot = sums.places === 1 ? [one] : [...new Set([...(draft.lot ?? []).filter((each) => each !== one), ...(event.target.checked ? [one] : [])])]
    save()
    add(form)
  }
  at.replaceChildren(h('fieldset', { class: 'choose', id: fieldId('lot'), tabindex: '-1' }, h('legend', {}, t(asked, { n: sums.places })), h('p', { class: 'hint' }, t('lot.says')),
    tied.map((one) => h('label', {}, h('input', { type: sums.places === 1 ? 'radio' : 'checkbox', name: 'lot', checked: (draft.lot ?? []).includes(one), onchange: pick(one) }), bdi(nameOf(form, one))))))
}
function drawOthers(form, sums) {
  const at = document.getElementById('others'), given = draft.other_elected, elected = sums.elected
  if (!changed(at, `${elected.join()}|${given ? 'x' : ''}`)) return
  if (!elected.length && !given) return at.replaceChildren()
  const toggle = (event) => { draft.other_elected = event.target.checked ? [] : undefined; save(); add(form); document.getElementById('other-elected')?.focus() }
  const pick = (one) => (event) => { draft.other_elected = [...new Set([...draft.other_elected.filter((each) => each !== one), ...(event.target.checked ? [one] : [])])]; save(); drawNames(); }
  const names = h('p', {})
  const drawNames = () => names.replaceChildren(...(draft.other_elected ?? elected).length ? rich(t('elected.says', { names: listed((draft.other_elected ?? elected).map((one) => nameOf(form, one))) })) : [])
  drawNames()
  at.replaceChildren(h('h2', {}, t('elected')), names, check('other-elected', t('elected.other'), Boolean(given), toggle),
    given ? h('fieldset', { class: 'choose', id: fieldId('other'), tabindex: '-1' }, h('legend', {}, t('elected.who', { n: Math.min(form.seats, form.candidates.length) })), form.candidates.map((one) => h('label', {}, h('input', { type: 'checkbox', checked: given.includes(one.candidate), onchange: pick(one.candidate) }), bdi(one.name)))) : '')
}
function faultList(items, title, focus, after) {
  const at = document.getElementById('faults')
  const to = (name) => (event) => { event.preventDefault(); const field = document.getElementById(fieldId(name)); for (let at = field.closest('details'); at; at = at.parentElement.closest('details')) at.open = true; field.focus(); field.select?.() }
  const list = h('div', { class: 'summary', role: 'alert', tabindex: '-1' }, h('h2', {}, title), h('ul', {}, items.map((one) => h('li', {}, one.name ? h('a', { href: `#${fieldId(one.name)}`, onclick: to(one.name) }, one.text) : one.text))), after)
  at.replaceChildren(list)
  if (focus) { list.focus({ preventScroll: true }); list.scrollIntoView({ block: 'center' }) }
}
/** Everything is clear: on to the review. Something is not: a list, which takes the focus. */
async function readThrough(form, compare = !may('declare') && who.role !== 'clerk') {
  const sums = add(form, true)
  const items = [...sums.faults, ...sums.gaps]
  const agreed = JSON.stringify(draft.text)
  if (!sums.ready || (items.length && draft.agreed !== agreed)) {
    const said = items.map((one) => ({ name: one.name, text: ['lot', 'other', 'over'].includes(one.name) ? faultWords(form, one).text : `${labelOf(form, one.name)}: ${faultWords(form, one).text}` }))
    const anyway = sums.ready && acts(button(t('faults.anyway'), () => { draft.agreed = agreed; save(); readThrough(form, compare) }))
    return faultList(said, t('faults', { n: said.length }), true, anyway)
  }
  draft.agreed = sums.gaps.length ? agreed : undefined
  draft.as = compare ? 'compare' : undefined
  save()
  if (compare) return sign(form, 'entry', figuresOf(form, draft, sums, await revisionOf(form, true)), true)
  go(form.ballot_id, 'review')
}
/** The revision that is sent: the next one, as far as the server and this browser know. */
async function revisionOf(form, fresh = false) {
  const now = fresh ? await getForm(form.ballot_id, true) : form
  return Math.max(now.next_revision, draft.revision ?? 1)
}

// ---- contests by list, counts by stages, referendums ----
const votesTitle = (form) => (form.voting_system === 'referendum' ? 'figures.answers' : byList(form) ? 'figures.by_list' : ['supplementary-vote', 'single-transferable-vote'].includes(form.voting_system) ? 'figures.first' : 'figures.votes')
/** What is said below a name: the party, unless it says the same. */
const subOf = (form, one) => (one.individual ? t('seat.individual') : form.question || one.party === one.name ? null : one.party)
/** Who would have a list's next seat: people who have won a constituency are struck out. Null where the names are unknown. */
function personOf(form, list, before) {
  const found = form.candidates.find((one) => one.candidate === list)
  if (!found?.people) return null
  return found.people.filter((one) => !one.won)[before]?.name ?? t('seat.nobody')
}
const byListOf = (ids) => Object.entries(ids.reduce((all, one) => ({ ...all, [one]: (all[one] ?? 0) + 1 }), {}))
const sharedOut = (form, ids) => listed(byListOf(ids).map(([one, n]) => `${nameOf(form, one)} ${n}`))
function seatFields(form) {
  const won = form.constituencies.filter((one) => one.elected), open = form.constituencies.filter((one) => !one.elected)
  const carried = won.filter((one) => one.list).map((one) => one.list)
  return [h('h2', {}, t('seats')), h('p', { class: 'hint' }, t('seats.says')),
    form.threshold_per_cent && h('p', { class: 'hint', id: 'threshold' }),
    form.constituencies.length ? [won.length ? h('p', { class: 'hint' }, carried.length ? t('seats.carried', { lists: sharedOut(form, carried) }) : t('seats.carried.none')) : null,
      open.length ? h('p', { class: 'note-from' }, t('seats.open', { n: open.length, names: listed(open.slice(0, 4).map((one) => one.name).concat(open.length > 4 ? [t('seats.more', { n: open.length - 4 })] : [])) })) : null] : null,
    Array.from({ length: form.seats }, (_, place) => {
      const name = `seat.${place + 1}`, id = fieldId(name)
      return [h('div', { class: 'fig seat' }, h('label', { for: id }, h('b', {}, t('seat', { n: place + 1 })), h('span', { id: `o-${name}` }), draft.marked?.includes(name) && h('span', { class: 'marked' }, t('figures.marked'))),
        h('select', { id, name }, h('option', { value: '' }, t('seat.choose')), form.candidates.map((one) => h('option', { value: one.candidate, selected: draft.text[name] === one.candidate }, one.name))))]
    }),
    h('div', { class: 'fig total wide' }, h('span', {}, t('seats.by_list')), h('output', { id: 'by-list' })),
    h('div', { id: 'lot-known' }), h('div', { id: 'lot' })]
}
function drawSeats(form, sums) {
  const before = {}
  for (const [place, list] of sums.seats.entries()) {
    const person = list && personOf(form, list, before[list] ?? 0)
    if (list) before[list] = (before[list] ?? 0) + 1
    set(`o-seat.${place + 1}`, person ?? '')
  }
  set('by-list', sharedOut(form, sums.elected))
  drawSeatLot(form, sums)
  if (form.threshold_per_cent) {
    const needs = Math.ceil((sums.valid * form.threshold_per_cent) / 100), below = form.candidates.filter((one) => sums.votes[one.candidate] * 100 < sums.valid * form.threshold_per_cent)
    set('threshold', t('seats.threshold', { n: thousands(needs), share: form.threshold_per_cent }) + (sums.valid && below.length ? ` ${t('seats.below', { names: listed(below.map((one) => one.name)) })}` : ''))
  }
}

/** Who was drawn: asked where figures are equal, and where nobody can know it yet, if somebody says that they were. */
function drawSeatLot(form, { even, elected }) {
  const known = document.getElementById('lot-known')
  const say = (event) => { draft.lots = event.target.checked; if (!draft.lots) draft.lot = []; save(); add(form); document.getElementById('lots')?.focus() }
  if (changed(known, JSON.stringify([!even, draft.lots]))) known.replaceChildren(even ? '' : check('lots', t('seats.lots'), Boolean(draft.lots), say))
  if (even) return drawLot(form, { tied: even.tied, places: even.places, valid: 1, whole: true }, 'lot.figures')
  return drawLot(form, { tied: draft.lots ? [...new Set(elected)] : [], places: 0, valid: 1, whole: true }, 'lot.lists')
}

/** Where nothing is typed yet and stages are published, it goes on from these: each message repeats the stages before it. */
function goOn(form) {
  const count = form.count
  if (!count || count.kind !== 'stage') return
  const behind = draft.sent && (draft.stages ?? []).length <= count.stages.length
  if (Object.values(draft.text).some((text) => text !== '') && !behind) return
  const figures = { kind: 'stage', votes: count.votes, quota: count.quota, stages: count.stages, rejected: count.rejected, rejected_by_head: count.rejected_by_head, elected: count.elected }
  Object.assign(draft, draftOf(figures, form), { begun: count.stages.length + 1, sent: undefined })
}
const didSays = (form, stage) => (stage?.action && stage.of?.length ? t(`stage.${stage.action}`, { names: listed(stage.of.map((one) => nameOf(form, one))) }) : t('stage.did'))
let choosing = 0
/** The choice of what was done at a stage: whose surplus, or who was excluded. */
function didFields(form, stage) {
  const place = stage.number - 2, several = form.counting_rules === 'northern-ireland', typed = draft.stages[place]
  const take = (action, of) => {
    choosing = stage.number
    draft.stages[place] = { action, of, lot: false }
    for (const name of Object.keys(draft.text)) if (name.startsWith(`stage.${stage.number}.`) && of.some((one) => name.endsWith(`.${one}`))) delete draft.text[name]
    save()
    add(form)
  }
  const offered = (action) => [...new Set([...stage.canGive[action], ...(typed.action === action ? typed.of : [])])]
  const says = (action, one) => { const row = stage.rows.find((each) => each.candidate === one), now = row?.before; return now === undefined ? '' : action === 'surplus' ? t('stage.over_quota', { n: exact(now - stage.quota) }) : exact(now) }
  const choice = (action, one, type) => h('label', {}, h('input', {
    type, name: `did-${stage.number}`, value: `${action} ${one}`, checked: typed.action === action && typed.of.includes(one),
    onchange: (event) => take(action, type === 'radio' ? [one] : form.candidates.map((each) => each.candidate).filter((each) => (each === one ? event.target.checked : typed.action === action && typed.of.includes(each)))),
  }), h('span', {}, bdi(nameOf(form, one))), h('span', { class: 'n' }, says(action, one)))
  const surplus = offered('surplus'), exclusion = offered('exclusion')
  // Once it is said it is folded; of several who are excluded the next can still be ticked.
  const open = !stage.of.length || Boolean(stage.passed) || (several && stage.action === 'exclusion' && choosing === stage.number)
  return h('details', { class: 'said', open }, h('summary', {}, stage.of.length ? t('stage.did.is', { did: didSays(form, stage) }) : t('stage.did')), h('fieldset', { class: 'choose did', id: fieldId(`stage.${stage.number}.did`), tabindex: '-1', 'aria-label': t('stage.did') },
    surplus.length ? [h('p', { class: 'hint' }, t('stage.surplus_of')), surplus.map((one) => choice('surplus', one, 'radio'))] : null,
    h('p', { class: 'hint' }, t(several ? 'stage.exclusion_of.several' : 'stage.exclusion_of')), exclusion.map((one) => choice('exclusion', one, several ? 'checkbox' : 'radio')),
    stage.together.length ? h('p', { class: 'hint' }, t('stage.together', { names: listed(stage.together.map((one) => nameOf(form, one))) })) : null,
    stage.mayLot && check(`lot-${stage.number}`, t('stage.lot'), Boolean(typed.lot), (event) => { typed.lot = event.target.checked; save() })))
}
function stageBody(form, stage) {
  const still = stage.rows.filter((row) => row.how === 'still'), done = draft.stages[stage.number - 2]
  return [didFields(form, stage),
    done.action && done.of.length ? [
      stage.rows.filter((row) => row.how !== 'still').map((row) => {
        const made = fig(form, row.name, nameOf(form, row.candidate)), input = made.querySelector('input')
        input.inputMode = draft.moves && row.how === 'follows' ? 'text' : 'decimal'
        input.dataset.how = row.how
        made.querySelector('label').append(h('span', { id: `o-${row.name}` }))
        return made
      }),
      still.length ? h('p', { class: 'hint still' }, t('stage.still', { names: listed(still.map((row) => `${nameOf(form, row.candidate)} ${row.total === undefined ? '' : exact(row.total)}`.trim())) })) : null,
      (() => { const made = fig(form, stage.leftName, t(draft.moves ? 'stage.lost' : 'stage.left'), t('stage.left.may')); made.querySelector('input').inputMode = 'decimal'; made.querySelector('label').append(h('span', { id: `o-${stage.leftName}` })); return made })(),
      h('div', { class: 'fig total wide' }, h('span', {}, t('stage.sum')), h('output', { id: `sum-${stage.number}` })),
      h('p', { class: 'says', id: `says-${stage.number}`, role: 'status' })] : null]
}
/** Draw the stages: a stage anew only where its fields are others, so that nobody loses the field in which they type. */
function drawStages(form, { stages: count }) {
  const at = document.getElementById('stages'), last = count.stages.length + 1
  set('quota', count.quota === null ? t('sums.not') : thousands(count.quota))
  for (const extra of [...at.children].slice(count.stages.length + 1)) extra.remove()
  let box = document.getElementById('stage-1')
  if (!box) { box = h('div', { id: 'stage-1' }); at.prepend(box) }
  if (changed(box, JSON.stringify([count.begin, count.known]))) box.replaceChildren(h('p', { class: 'says' }, t('stage.first', { says: endSays(form, count, count.begin, []) })))
  for (const stage of count.stages) {
    stage.quota = (count.quota ?? 0) * 100000
    const id = `stage-${stage.number}`, published = stage.number <= (draft.begun ?? 0)
    let section = document.getElementById(id)
    if (!section) { section = h('details', { class: 'stage', id, open: stage.number === last && !published }, h('summary', {}), h('div', {})); at.append(section) }
    const title = `${t('stage', { n: stage.number })}: ${didSays(form, stage)}`
    const summary = section.querySelector('summary')
    if (changed(summary, title + published)) summary.replaceChildren(h('b', {}, `${t('stage', { n: stage.number })}:`), ` ${didSays(form, stage)} `, published ? h('span', { class: 'hint' }, t('stage.published')) : '')
    const body = section.lastElementChild
    if (changed(body, JSON.stringify([stage.rows.map((row) => [row.name, row.how, row.how === 'still' ? row.total : 0]), stage.canGive, stage.canGive.surplus.concat(stage.canGive.exclusion).map((one) => stage.rows.find((row) => row.candidate === one)?.before), stage.of, stage.action, stage.mayLot, stage.passed, draft.moves]))) {
      const focused = document.activeElement, kept_ = body.contains(focused) ? focused.id || `[value="${focused.value}"]` : null
      body.replaceChildren(...stageBody(form, stage).flat(9).filter(Boolean))
      if (kept_) {
        const again = kept_.startsWith('[') ? body.querySelector(kept_) : document.getElementById(kept_)
        ;(again?.closest('.said:not([open])')?.querySelector('summary') ?? again)?.focus({ preventScroll: true })
      }
    }
    for (const row of stage.rows) {
      if (row.how === 'still') continue
      const input = document.getElementById(fieldId(row.name))
      if (!input) continue
      if (row.how === 'follows') input.placeholder = row.total === undefined ? '' : exact(draft.moves ? row.moved : row.total)
      const other = row.total === undefined || row.before === undefined ? '' : draft.moves ? t('stage.total', { n: exact(row.total) }) : row.moved ? (row.moved > 0 ? '+' : '') + exact(row.moved) : t('stage.same')
      set(`o-${row.name}`, `${row.before === undefined ? '' : t('stage.before', { n: exact(row.before) })}${other ? `, ${other}` : ''}${row.how === 'follows' ? `. ${t('stage.follows')}` : ''}`)
    }
    set(`o-${stage.leftName}`, stage.stated === null && stage.follows !== null && stage.follows >= 0 ? t('stage.left.follows', { n: exact(stage.follows) }) : '')
    set(`sum-${stage.number}`, stage.sum === null ? t('sums.not') : t('stage.of_valid', { n: exact(stage.sum + (stage.stated ?? Math.max(0, stage.follows))), valid: thousands(count.valid) }))
    set(`says-${stage.number}`, stage.whole ? endSays(form, count, stage.elected, stage.excluded) : '')
  }
  const after = document.getElementById('after'), seats = form.seats - count.vacancies
  if (!changed(after, JSON.stringify([count.stages.length, count.stages.at(-1)?.of.length, draft.moves, count.complete, count.over, draft.over, count.continuing, seats, count.known, draft.begun]))) return
  const more = () => { draft.stages = [...(draft.stages ?? []), { action: '', of: [], lot: false }]; save(); add(form); for (const one of document.querySelectorAll('.stage')) one.open = one.id === `stage-${draft.stages.length + 1}`; document.querySelector(`#stage-${draft.stages.length + 1} summary`).focus() }
  const less = () => {
    const number = draft.stages.length + 1
    for (const name of Object.keys(draft.text)) if (name.startsWith(`stage.${number}.`)) delete draft.text[name]
    draft.stages = draft.stages.slice(0, -1)
    save()
    document.getElementById(`stage-${number}`)?.remove()
    add(form)
    document.getElementById('add-stage')?.focus()
  }
  const turn = (moves) => () => { if (Boolean(draft.moves) === moves) return; Object.assign(draft, turned(form, draft)); left = new Set(); save(); add(form); document.getElementById(moves ? 'by-moves' : 'by-totals')?.focus() }
  const pick = (one) => (event) => { draft.over = [...new Set([...draft.over.filter((each) => each !== one), ...(event.target.checked ? [one] : [])])]; save(); add(form); document.getElementById(`over-${one}`)?.focus() }
  const ended = !count.complete && count.known && (!count.stages.length || count.stages.at(-1).of.length)
  after.replaceChildren(...[
    count.stages.length ? h('div', { class: 'choose way', role: 'group', 'aria-label': t('stage.way') }, h('span', { class: 'hint' }, t('stage.way')),
      [['by-totals', false, 'stage.way.totals'], ['by-moves', true, 'stage.way.moves']].map(([id, moves, words]) => h('label', {}, h('input', { type: 'radio', name: 'way', id, checked: Boolean(draft.moves) === moves, onchange: turn(moves) }), h('span', {}, t(words))))) : null,
    h('p', { class: 'says' }, t(count.complete ? 'stage.complete' : 'stage.filled', { n: seats, of: form.seats })),
    acts(!count.complete && count.known && h('button', { type: 'button', id: 'add-stage', onclick: more }, t('stage.add', { n: last + 1 })), count.stages.length > 0 && last > (draft.begun ?? 0) && button(t('stage.remove', { n: last }), less)),
    ended ? check(fieldId('over'), t(count.stages.length ? 'stage.over' : 'stage.unstated'), count.over, (event) => { draft.over = event.target.checked ? [] : undefined; save(); add(form); document.getElementById(fieldId('over'))?.focus() }) : null,
    ended && count.over ? h('fieldset', { class: 'choose' }, h('legend', {}, t('stage.over.who', { n: count.vacancies })), count.continuing.map((one) => h('label', {}, h('input', { type: 'checkbox', id: `over-${one}`, checked: draft.over.includes(one), onchange: pick(one) }), bdi(nameOf(form, one))))) : null,
  ].filter(Boolean))
}
/** Who is elected and excluded when a stage is over, in words. */
function endSays(form, count, elected, excluded) {
  const names = (ids) => listed(ids.map((one) => nameOf(form, one))), reached = elected.filter((one) => count.how.get(one)?.quota), below = elected.filter((one) => !count.how.get(one)?.quota)
  return [reached.length && t('stage.elected', { names: names(reached) }), below.length && t('stage.elected.below', { names: names(below) }), excluded.length && t('stage.excluded', { names: names(excluded) })].filter(Boolean).join(' ') || t('stage.nobody')
}
/** A count by stages as it is read aloud. */
function deedStages(form, data) {
  const count = reckonStages(form, draftOf(data, form)), row = (label, moved, total) => h('tr', {}, h('th', { scope: 'row' }, bdi(label)), h('td', { class: 'num' }, moved), h('td', { class: 'num' }, total))
  const signedMove = (units) => (units > 0 ? '+' : '') + exact(units)
  return [h('p', {}, t('deed.quota', { n: thousands(data.quota) }), ' ', endSays(form, count, count.begin, [])),
    count.stages.map((stage) => {
      const at = (place) => (place < 2 ? 0 : count.stages[place - 2].left ?? 0)
      const table = h('table', { class: 'st3' }, h('caption', {}, h('b', {}, t('stage', { n: stage.number })), ` ${didSays(form, stage)}`),
        h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, t('deed.name')), h('th', { scope: 'col', class: 'num' }, t('deed.moved')), h('th', { scope: 'col', class: 'num' }, t('deed.total')))),
        h('tbody', {}, stage.rows.filter((one) => one.how !== 'still').map((one) => row(nameOf(form, one.candidate), one.moved === undefined ? '' : signedMove(one.moved), one.total === undefined ? '' : exact(one.total))), stage.left === null ? null : row(t('stage.left'), signedMove(stage.left - at(stage.number - 1)), exact(stage.left))))
      return h('details', { class: 'stage', open: stage.number > (draft?.begun ?? 0) }, h('summary', {}, h('b', {}, `${t('stage', { n: stage.number })}:`), ` ${didSays(form, stage)}`), table, h('p', {}, endSays(form, count, stage.elected, stage.excluded), stage.lot.length ? ` ${t('deed.stage_lot')}` : ''))
    })]
}
/** Seats of a contest by list as they are read aloud. */
function deedSeats(form, data) {
  const before = {}
  return [h('p', {}, t('deed.seats')), h('ol', { class: 'todo' }, data.elected.map((list) => {
    const person = personOf(form, list, before[list] ?? 0)
    before[list] = (before[list] ?? 0) + 1
    return h('li', {}, h('b', {}, bdi(nameOf(form, list))), person ? [', ', bdi(person)] : '')
  })), h('p', {}, t('deed.together', { lists: sharedOut(form, data.elected) })), data.lot?.length ? h('p', {}, t('deed.seats_lot', { names: listed(data.lot.map((one) => nameOf(form, one))) })) : null]
}

// ---- the deed: the declaration as it is spoken ----
function deed(form, data) {
  const names = (ids) => listed(ids.map((one) => nameOf(form, one)))
  const opening = form.voting_system === 'referendum' ? t('deed.opening.referendum', { contest: form.name, question: form.question }) : byList(form) ? t('deed.opening.lists', { office: form.office, contest: form.name }) : form.returning_officer ? t('deed.opening', { officer: form.returning_officer, office: form.office, contest: form.name }) : t('deed.opening.nobody', { office: form.office, contest: form.name })
  const row = (label, number, sub, cls) => h('tr', { class: cls }, h('th', { scope: 'row' }, bdi(label), sub && h('span', {}, bdi(sub))), h('td', { class: 'num' }, thousands(number)))
  if (!['declared', 'stage'].includes(data.kind)) {
    const said = { flash: () => t('deed.flash', { n: data.elected.length, names: names(data.elected), contest: form.name }), uncontested: () => t('deed.uncontested', { n: data.elected.length, names: names(data.elected), contest: form.name }), recount: () => t('deed.recount', { contest: form.name }), withdrawn: () => t('deed.withdrawn', { contest: form.name }) }[data.kind]()
    return h('div', { class: 'deed' }, h('p', {}, rich(said)), data.reason && h('p', {}, t('deed.reason'), ' ', bdi(data.reason)))
  }
  const valid = Object.values(data.votes).reduce((a, b) => a + b, 0), deciding = data.final_round ?? data.votes
  const answered = form.voting_system === 'referendum', plain = !byList(form) && !byStages(form)
  const elected = data.elected ?? []
  const last = Math.min(...elected.map((one) => deciding[one] ?? 0)), first = Math.max(...Object.keys(deciding).filter((one) => !elected.includes(one)).map((one) => deciding[one]))
  const heads = data.rejected_by_head && Object.entries(data.rejected_by_head)
  const turnout = form.electorate && data.papers !== undefined ? ((data.papers / form.electorate) * 100).toFixed(1) : null
  return h('div', { class: 'deed' }, h('p', {}, rich(opening)),
    h('table', {}, h('caption', {}, t(data.final_round || byStages(form) ? 'figures.first' : answered ? 'figures.answers' : byList(form) ? 'figures.by_list' : 'deed.votes')), h('tbody', {}, form.candidates.map((one) => row(one.name, data.votes[one.candidate] ?? 0, subOf(form, one), plain && elected.includes(one.candidate) ? 'elected' : null))), h('tfoot', {}, row(t('figures.valid'), valid))),
    data.final_round && h('table', {}, h('caption', {}, t('final')), h('tbody', {}, Object.entries(data.final_round).map(([one, votes]) => row(nameOf(form, one), votes)))),
    byList(form) && deedSeats(form, data),
    byStages(form) && [deedStages(form, data), h('p', {}, rich(t(data.kind === 'stage' ? (data.elected.length ? 'deed.so_far' : 'deed.so_far.nobody') : 'deed.all', { n: data.elected.length, names: names(data.elected), seats: form.seats })))],
    plain && data.lot?.length ? h('p', {}, rich(t('deed.lot', { names: names(data.lot) }))) : null,
    plain && h('p', {}, rich(answered && !elected.length ? t('deed.no_answer') : answered ? t('deed.answer', { answer: names(elected) }) : t('deed.elected', { n: elected.length, names: names(elected) })), Number.isFinite(first) && Number.isFinite(last) && last > first ? t('deed.majority', { n: thousands(last - first) }) : '.'),
    data.rejected !== undefined && h('table', {}, h('caption', {}, t('figures.rejected')), heads && h('tbody', {}, heads.map(([head, papers]) => row(t(`head.${head}`), papers))), h('tfoot', {}, row(t('figures.all_rejected'), data.rejected))),
    data.papers !== undefined && h('p', {}, t('deed.papers', { n: thousands(data.papers) })),
    data.areas && h('p', {}, t('deed.areas', { n: data.areas.length })),
    h('p', {}, form.electorate === null ? t('figures.no_electorate') : turnout === null ? t('figures.electorate', { n: thousands(form.electorate) }) : t('deed.turnout', { n: thousands(form.electorate), turnout })))
}
/** What is said with a declaration besides its figures: when it was read out, and by the desk why it is corrected. */
function saidBesides(form, data) {
  const day = h('span', { class: 'hint', id: 'read-out-is' })
  const tell = () => { const at = lastAt(draft.read_out ?? '', soonest()); day.textContent = at ? dayOf(at) : '' }
  const made = READ_OUT.includes(data.kind) && h('div', { class: 'read-out' }, h('label', { for: fieldId('read_out') }, h('b', {}, t('read_out')), h('span', { class: 'hint' }, t('read_out.says'))),
    h('input', { id: fieldId('read_out'), type: 'text', inputmode: 'numeric', autocomplete: 'off', placeholder: t('read_out.like'), 'aria-describedby': 'read-out-is', value: draft.read_out ?? '', oninput: (event) => { draft.read_out = event.target.value; save(); tell() } }), day)
  tell()
  const why = atDesk() && h('p', {}, h('label', { class: 'big', for: fieldId('reason') }, t('desk.reason')), h('textarea', { id: fieldId('reason'), maxlength: '200', oninput: (event) => { draft.reason = event.target.value; save() } }, draft.reason ?? ''), h('span', { class: 'hint' }, t('desk.reason.says')))
  return [made, why]
}
/** The same as fields of a declaration; null, and said, where one is missing or cannot be read. */
function besides(form, data) {
  const field = document.getElementById(fieldId('read_out')), at = lastAt(draft.read_out ?? '', soonest()), reason = (draft.reason ?? '').trim(), faults = []
  if (field?.value.trim() && !at) faults.push({ name: 'read_out', text: t('fault.time') })
  if (atDesk() && !reason) faults.push({ name: 'reason', text: t('fault.reason') })
  if (faults.length) { faultList(faults, t('faults', { n: faults.length }), true); return null }
  return { ...(field && at ? { declared_at: at.toISOString().replace('.000Z', 'Z') } : {}), ...(atDesk() ? { reason } : {}) }
}
const READ_OUT = ['declared', 'stage', 'flash', 'uncontested']
/** A minute from now: clocks on walls are not as exact as those of servers. */
const soonest = () => new Date(serverNow().getTime() + 60000)
/** Today, or yesterday where a time of day is later than now. */
const dayOf = (at) => t(sameDay(at, serverNow()) ? 'read_out.today' : 'read_out.yesterday', { time: clock(at) })
/** Whether figures repeat the stages that are published, and say more. */
const grows = (form, data) => form.count?.kind === 'stage' && data.stages?.length > form.count.stages.length
async function viewReview(form, gone) {
  const other = draft.kind
  const sums = other ? null : reckon(form, draft)
  if (!other && !sums.ready) return go(form.ballot_id, 'figures', '', true)
  const revision = await revisionOf(form, true)
  if (gone()) return
  const data = other ? { ballot_id: form.ballot_id, revision, kind: draft.kind, ...(draft.elected?.length ? { elected: draft.elected } : {}), ...(draft.reason ? { reason: draft.reason } : {}) } : figuresOf(form, draft, sums, revision)
  if (other && !may('declare')) return go(form.ballot_id, 'figures', '', true)
  const type = may('declare') ? 'declaration' : 'entry'
  const gap = sums?.gaps.length ? h('p', { class: 'note-from' }, t('review.gap', { gap: faultWords(form, sums.gaps[0]).text })) : null
  put(`${t('review')}, ${form.name}`, form.test, whoLine(), step(t('step.of', { n: 3, contest: form.name })), h1(t('review')),
    h('p', {}, rich(t(other ? 'review.other' : type === 'declaration' ? 'review.officer' : 'review.clerk'))), gap, revision > 1 && !other ? h('p', { class: 'note-from' }, grows(form, data) ? t('review.stage', { n: data.stages.length + 1, before: form.count.stages.length + 1 }) : t('review.correction', { n: revision, before: revision - 1 })) : null,
    deed(form, data), h('div', { id: 'faults' }), type === 'declaration' ? saidBesides(form, data) : null,
    acts(button(t('review.send'), (event) => { const more = besides(form, data); if (type === 'declaration' && !more) return; event.target.disabled = true; sign(form, type, type === 'declaration' ? { ...data, ...(form.returning_officer ? { returning_officer: form.returning_officer } : {}), ...more } : data) }, 'main'), link(t(other ? 'review.change.other' : 'review.change'), address(form.ballot_id, other ? 'other' : 'figures'))),
    h('p', { class: 'hint' }, t(type === 'declaration' ? 'review.as' : 'review.as.entry', { name: who.name ?? mine.name ?? who.person, role: t(`role.${who.role}`) })))
}

// ---- signing and sending ----
let signing = false
const sending = new Map()
/** Sign and send; of the same figures that are under way or were taken already, show what became of them. */
async function sign(form, type, data, instead = false) {
  if (signing) return
  signing = true
  try {
    const same = (await outbox(election)).find((one) => one.type === type && one.subject === form.ballot_id && one.end !== 'refused' && JSON.stringify(JSON.parse(one.body).data) === JSON.stringify(data))
    const event = same ?? await signedEvent(type, form.ballot_id, data, { election, test: form.test, source: '/tallywire/enter' })
    if (!same) await kept.put('outbox', { ...event, tries: 0, end: 'not-sent', kind: data.kind })
    if (draft) save(event.id)
    send(event)
    go(form.ballot_id, 'end', event.id, instead)
  } catch (error) { viewFailed(error) } finally { signing = false }
}
function send(event) {
  if (sending.has(event.id)) return
  sending.set(event.id, 'looking')
  const told = (record) => { sending.set(event.id, record); if (place().id === event.id) redrawEnd(record) }
  post(election, event, told).then(async (record) => {
    sending.delete(event.id)
    setOnline(record.end !== 'not-sent')
    // What stands is no draft any more; of everything else the figures stay filled in.
    if (record.end === 'sent' && record.receipt.status !== 'entered') await dropDraft(event.subject, event.id)
    if (place().id === event.id) redrawEnd(record)
  }, viewFailed)
}
async function resume() { for (const one of await outbox(election)) if (one.end === 'trying') send(one) }
let drawn = ''
const looked = new Set()
/** What an end is drawn from; each try has a place of its own on the stream, which shows nowhere. */
const keyOfEnd = (record) => JSON.stringify([record.id, record.end, { ...record.receipt, entry_id: null }, record.problem, sending.get(record.id) === 'looking' && record.end === 'not-sent'])
function redrawEnd(record) {
  const key = keyOfEnd(record)
  if (key === drawn) { set('tries', triesOf(record)); return }
  if (place().view === 'end') { shown.focus = drawn.slice(0, 60) !== key.slice(0, 60); show() } else if (['declare', 'differences'].includes(place().view)) show()
}
function triesOf(record) { return record.next ? t('trying.tries', { n: record.tries, seconds: Math.max(0, Math.round((record.next - Date.now()) / 1000)) }) : t('trying.now', { n: record.tries }) }

// ---- the five ends ----
function state(cls, shape, heading, ...says) {
  return h('div', { class: `state ${cls}`, role: cls === 'refused' ? 'alert' : 'status' }, h('h1', { 'data-first': true }, icon(shape), h('span', {}, heading)), ...says)
}
const facts = (rows) => h('dl', {}, rows.filter(Boolean).map(([name, text]) => [h('dt', {}, name), h('dd', {}, text)]))
async function viewEnd(form, id, gone) {
  const record = await kept.get('outbox', id)
  if (!record) return go('', '', '', true)
  const data = JSON.parse(record.body).data, at = record.at && toTheSecond(record.at)
  const list = record.receipt?.status === 'entered' || !contests.length ? await getContests() : contests
  const carried = ['trying', 'not-sent'].includes(record.end) ? await carry(record) : null
  if (gone()) return
  drawn = keyOfEnd(record)
  const title = (name) => `${t(name)}, ${form.name}`
  // Asked at once where this page has not asked yet, then again and again; drawn anew only where something is new.
  const note = () => JSON.stringify(contests.find((one) => one.ballot_id === form.ballot_id)?.returned ?? null)
  const poll = (seconds) => {
    const before = note()
    const again = async () => {
      // What was typed anew since is asked for on a page of its own.
      const typedAnew = (await outbox(election)).some((one) => one.subject === record.subject && one.type === record.type && one.time > record.time)
      if (gone()) return
      if (!sending.has(id) && !typedAnew) send(record)
      timer = setTimeout(again, seconds * 1000)
      if (record.receipt?.status !== 'entered') return
      await getContests()
      if (note() !== before && place().id === id) { shown.focus = false; show() }
    }
    timer = setTimeout(again, looked.has(id) ? seconds * 1000 : 100)
    looked.add(id)
  }
  if (sending.get(id) === 'looking' && record.end === 'not-sent') return put(title('looking'), form.test, whoLine(), h1(t('looking')), h('p', {}, t('looking.says')))
  if (record.end === 'trying') {
    if (!sending.has(id)) send(record)
    const tick = () => { set('tries', triesOf(sending.get(id)?.end ? sending.get(id) : record)); timer = setTimeout(tick, 1000) }
    const call = clock(new Date(new Date(record.time).getTime() + 8 * 60000))
    put(title('end.trying'), form.test, whoLine(), state('trying', 'arrow', t('end.trying'), running(), h('p', {}, rich(t('end.trying.says')))),
      h('div', { class: 'receipt' }, facts([[t('fact.contest'), bdi(form.name)], [t('fact.signed'), toTheSecond(record.time)], [t('fact.tries'), h('span', { id: 'tries' }, triesOf(record))]])),
      todo(t('end.trying.leave'), t('end.trying.call', { time: call, desk: theDesk() }), t('end.trying.receipt', { receipt: receiptCode(record.digest) })), carried)
    return tick()
  }
  if (record.end === 'not-sent') {
    return put(title('end.not'), form.test, whoLine(), state('not', 'crossed', t('end.not'), h('p', {}, rich(t('end.not.says')))),
      acts(button(t('end.not.send'), () => { send(record); show() }, 'main'), record.type === 'entry' || data.entries ? null : link(t('end.not.review'), address(form.ballot_id, 'review'))), carried)
  }
  if (record.end === 'refused') return viewRefused(form, record, data, at, title)
  if (record.end === 'held') {
    poll(20)
    return put(title('end.held'), form.test, whoLine(), state('held', 'bars', t('end.held'), h('p', {}, rich(t('end.held.says', { time: at })))),
      h('h2', {}, t('why')), reasons(record.receipt.reasons),
      atDesk() ? todo(t('end.held.desk'), t('end.held.not')) : todo(t('end.held.stay'), t('end.held.not'), t('end.held.correct')),
      h('div', { class: 'receipt' }, step(t('receipt')), h('p', { class: 'no' }, receiptCode(record.digest)), facts([[t('fact.contest'), bdi(form.name)], [t('fact.held'), at], [t('fact.ledger'), String(record.receipt.hold ?? '')]])),
      acts(callDesk(), may('declare') || data.entries ? button(t('end.correct'), () => correct(form, record, data, data.revision + 1)) : null, onwards(form.ballot_id)))
  }
  if (record.receipt.status === 'entered') return viewEntered(form, record, data, at, title, poll, list)
  const names = listed(data.elected?.map((one) => nameOf(form, one)) ?? []), after = (data.stages?.length ?? 0) + 1
  const result = data.kind === 'stage' ? t('fact.result.stage', { n: after, filled: data.elected.length, of: form.seats }) : data.kind !== 'declared' ? [names, t(`kind.${data.kind}`)].filter(Boolean).join(': ') : byList(form) ? sharedOut(form, data.elected) : form.voting_system === 'referendum' ? names || t('answer.none') : t('fact.result.is', { names })
  put(title('end.sent'), form.test, whoLine(), state('sent', 'tick', t('end.sent'), h('p', {}, rich(t(data.kind === 'flash' ? 'end.sent.flash' : form.test ? 'end.sent.trial' : 'end.sent.says', { time: at })))),
    h('div', { class: 'receipt noprint' }, step(t('receipt.say')), h('p', { class: 'no' }, receiptCode(record.digest)),
      facts([[t('fact.contest'), bdi(form.name)], [t('fact.result'), bdi(result)], [t('fact.revision'), String(data.revision)], [t('fact.by'), bdi(who.name ?? mine.name ?? who.person)], [t('fact.ledger'), String(record.receipt.ledger_sequence ?? '')],
        record.receipt.decided?.person && [t('fact.confirmed'), bdi(record.receipt.decided.person)], record.receipt.stands && [t('fact.stands'), t('fact.stands.is', { n: record.receipt.stands.revision })]]),
      acts(data.kind === 'flash' ? button(t('end.figures'), () => { newDraft(form.ballot_id, {}); go(form.ballot_id, 'figures') }, 'main') : null, data.kind === 'stage' && (may('declare') || may('cite')) ? button(t('end.stage', { n: after + 1 }), () => nextStage(form, record, data), 'main') : null, ['declared', 'uncontested', 'stage'].includes(data.kind) ? button(t('end.print'), () => print(), data.kind === 'stage' ? null : 'main') : null, onwards(form.ballot_id)),
      h('details', {}, h('summary', {}, t('end.wrong')), h('p', {}, t(may('declare') ? 'end.wrong.officer' : 'end.wrong.says', { desk: theDesk() })),
        acts(['declared', 'stage'].includes(data.kind) && (may('declare') || may('cite')) ? button(t('end.correct'), () => correct(form, record, data, data.revision + 1)) : null, may('withdraw') ? button(t('other.withdrawn'), () => { newDraft(form.ballot_id, { kind: 'withdrawn' }); go(form.ballot_id, 'other') }) : null))),
    h('div', { class: 'notice-print' }, h('p', {}, t('notice')), h('h2', {}, bdi(form.name)), form.test && h('p', {}, h('b', {}, document.getElementById('trial').firstChild.textContent)), deed(form, data), h('p', {}, t('notice.receipt', { receipt: receiptCode(record.digest), time: at, zone: zone() }))))
}
const reasons = (found) => (found ?? []).map((one) => h('p', { class: 'reason', lang: 'en' }, one.message))
/** Open a draft of figures that were sent. */
function correct(form, record, data, revision, marked) {
  const figures = ['declared', 'stage'].includes(data.kind)
  newDraft(form.ballot_id, figures ? { ...draftOf(data, form), revision, marked, ...otherElected(form, data) } : { kind: data.kind, elected: data.elected ?? [], reason: data.reason ?? '', revision })
  go(form.ballot_id, figures ? 'figures' : 'other')
}
/** What the desk has in hand, as it was declared, to be corrected. */
async function fromDesk(form) {
  const id = `correct:${draftId(form.ballot_id)}`, given = await kept.get('kept', id)
  await kept.delete('kept', id)
  if (!given) return go(form.ballot_id, 'figures', '', true)
  const { figures, revision } = given, heads = figures?.rejected_by_head && { ...Object.fromEntries(headsOf(form).map((head) => [head, 0])), ...figures.rejected_by_head }
  newDraft(form.ballot_id, { ...(figures ? { ...draftOf({ ...figures, ...(heads ? { rejected_by_head: heads } : {}) }, form), ...otherElected(form, figures) } : {}), revision })
  go(form.ballot_id, 'figures', '', true)
}
/** Go on with a count: from what was sent here, or from what is published where that has more stages by now. */
async function nextStage(form, record, data) {
  const { count } = await getForm(form.ballot_id, true)
  if (count?.kind !== 'stage' || count.stages.length <= (data.stages?.length ?? 0)) {
    correct(form, record, data, data.revision + 1)
    draft.begun = (data.stages?.length ?? 0) + 1
    return save()
  }
  newDraft(form.ballot_id, {})
  go(form.ballot_id, 'figures')
}
const otherElected = (form, data) => (data.elected && !byStages(form) && !byList(form) && !sameWinners(form, data) ? { other_elected: data.elected } : {})
function sameWinners(form, data) {
  const found = reckon(form, draftOf(data, form)).elected
  return found.length === data.elected.length && found.every((one) => data.elected.includes(one))
}
function viewRefused(form, record, data, at, title) {
  const found = record.problem?.reasons ?? [], codes = found.map((one) => one.code)
  const named = [...new Set(found.map((one) => one.path && fieldOfPath(one.path)).filter(Boolean))]
  // The number is taken: by another declaration, or by one that waits. Whether this is a correction of it, a person says.
  const taken = codes.some((code) => ['revision.held', 'revision.conflict', 'entry.declared_already'].includes(code))
  const again = codes.some((code) => code.startsWith('time.'))
  const key = codes.some((code) => code.startsWith('key.') || code.startsWith('signature.'))
  put(title('end.refused'), form.test, whoLine(), state('refused', 'cross', t('end.refused'), h('p', {}, rich(t(record.at ? 'end.refused.says' : 'end.refused.some', { time: at })))),
    h('h2', {}, t('why')), found.length ? reasons(found) : h('p', { lang: 'en' }, record.problem?.detail ?? ''),
    named.length ? h('p', { class: 'hint' }, t('end.refused.look', { names: listed(named.map((one) => labelOf(form, one))) })) : null,
    key ? todo(t('nokey.ask', { desk: theDesk() })) : again ? todo(t('end.refused.clock'), t('end.refused.again')) : todo(t('end.refused.paper'), t('end.refused.mend'), t('end.refused.again')),
    acts(!key && !taken && button(t('end.refused.correct'), () => correct(form, record, data, data.revision, named), 'main'), taken && button(t('end.refused.revision', { n: data.revision + 1 }), () => correct(form, record, data, data.revision + 1), 'main'), callDesk(), onwards(form.ballot_id)),
    h('p', { class: 'hint' }, t('receipt'), ' ', receiptCode(record.digest)))
}
async function viewEntered(form, record, data, at, title, poll, list) {
  const entered = record.receipt.entered ?? { agrees: null }, { agrees } = entered
  const returned = list.find((one) => one.ballot_id === form.ballot_id)?.returned
  const no = h('div', { class: 'receipt' }, step(t('receipt.say')), h('p', { class: 'no' }, receiptCode(record.digest)), facts([[t('fact.contest'), bdi(form.name)], [t('fact.revision'), String(data.revision)], [t('fact.by'), bdi(who.name ?? mine.name ?? who.person)]]))
  const returnedSays = returned && agrees !== true ? h('blockquote', { class: 'note-from' }, h('p', {}, t('returned.by', { person: returned.person })), h('p', { class: 'words' }, bdi(returned.note))) : null
  poll(8)
  if (agrees === true) {
    if (may('cite')) return go(form.ballot_id, 'declare', record.id, true)
    return put(title('end.sent'), form.test, whoLine(), state('sent', 'tick', t('end.sent'), h('p', {}, rich(t('entered.agrees', { time: at })))), no, acts(onwards(form.ballot_id)))
  }
  if (agrees === false) {
    if (may('cite') && !draft?.sentBack?.includes(record.id)) return go(form.ballot_id, 'differences', record.id, true)
    const names = [...new Set((entered.differences ?? []).map(fieldOfPath))].filter((name) => !['lot', 'kind', 'final_round', 'quota', ...(byList(form) ? [] : ['elected'])].includes(name))
    const shownNames = names.some((name) => name.startsWith('head.')) ? names.filter((name) => name !== 'rejected') : names
    return put(title('entered.look'), form.test, whoLine(), state('held', 'bars', t('entered.look'), h('p', {}, rich(t('entered.differs', { time: at })))), returnedSays,
      h('h2', {}, t('entered.where')), h('ul', { class: 'plain' }, shownNames.map((name) => h('li', {}, bdi(labelOf(form, name))))),
      todo(t('entered.paper'), t('entered.mend'), t('entered.right')),
      acts(button(t('entered.correct'), () => correct(form, record, data, data.revision, shownNames), 'main'), onwards(form.ballot_id)), no)
  }
  put(title('end.sent'), form.test, whoLine(), state('sent', 'tick', t('end.sent'), h('p', {}, rich(t('entered.waits', { time: at })))), no, returnedSays,
    acts(onwards(form.ballot_id), button(t('entered.correct'), () => correct(form, record, data, data.revision))))
}

// ---- two readings ----
/** The digits of one number that another does not have in the same place, marked. */
function digits(one, other) {
  const [a, b] = [one, other].map((figure) => (figure === undefined || figure === null ? '–' : value(figure)))
  let from = 0, to = 0
  while (from < a.length && a[from] === b[from]) from++
  while (to < a.length - from && to < b.length - from && a.at(-1 - to) === b.at(-1 - to)) to++
  return [a.slice(0, from), h('mark', {}, a.slice(from, a.length - to)), a.slice(a.length - to)]
}
async function viewDifferences(form, id, gone) {
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
  const first = theirs[0], names = differing(own, first.figures, form)
  const winners = !names.length && JSON.stringify([own.elected, own.lot]) !== JSON.stringify([first.figures.elected, first.figures.lot])
  if (!names.length && !winners) { send(record); return go(form.ballot_id, 'end', id, true) }
  const all = fieldsOf(form, draftOf(own, form)).length, chosen = {}, third = {}
  const status = h('p', { class: 'hint', role: 'status' }, t('differences.sum'))
  const chosenFigure = (name) => (chosen[name] === 'first' ? figureAt(first.figures, name) : chosen[name] === 'second' ? figureAt(own, name) : chosen[name] === 'third' ? thirdFigure(name) : undefined)
  const thirdFigure = (name) => {
    if (name.startsWith('seat.')) return third[name] || undefined
    const found = name.startsWith('stage.') ? readVotes(third[name] ?? '', placesOf(form)).value : read(third[name] ?? '').value
    return name.startsWith('stage.') && found !== undefined ? exact(found) : found
  }
  const result = () => {
    const base = draftOf(own, form)
    for (const name of names) { const figure = chosenFigure(name); if (figure !== undefined && figure !== null) base.text[name] = value(figure) }
    return base
  }
  const update = () => {
    const done = names.every((name) => chosenFigure(name) !== undefined)
    if (!done) { status.textContent = t('differences.sum'); return }
    const sums = reckon(form, result())
    status.replaceChildren(sums.gaps.length ? t('sums.bad', { gap: faultWords(form, sums.gaps[0]).text }) : sums.papers === null || sums.rejected === null || votesOfPaper(form) > 1 ? t('differences.chosen') : t('sums.good', { votes: thousands(sums.valid + sums.rejected), papers: thousands(sums.papers) }))
  }
  const choose = (name, which) => () => { chosen[name] = which; update() }
  const reading = (name, which, by, time, one, other) => h('label', {}, h('input', { type: 'radio', name: `d-${name}`, onchange: choose(name, which) }), h('span', { class: 'who2' }, t(`differences.${which}`), h('br'), bdi(by), `, ${clock(time)}`), name.startsWith('seat.') ? h('b', { class: 'text' }, bdi(one ? nameOf(form, one) : '–')) : h('b', {}, digits(one, other)))
  const field = (name) => h('fieldset', { class: 'diff' }, h('legend', {}, bdi(labelOf(form, name))),
    reading(name, 'first', first.person, first.time, figureAt(first.figures, name), figureAt(own, name)),
    reading(name, 'second', t('differences.you'), record.time, figureAt(own, name), figureAt(first.figures, name)),
    h('label', { class: 'third' }, h('input', { type: 'radio', name: `d-${name}`, id: `third-${name}`, onchange: choose(name, 'third') }), h('span', { class: 'who2' }, t('differences.third')),
      thirdField(name, (event) => { third[name] = event.target.value; const radio = document.getElementById(`third-${name}`); radio.checked = true; chosen[name] = 'third'; update() })))
  const thirdField = (name, oninput) => {
    const label = { 'aria-label': t('differences.paper', { name: labelOf(form, name) }), oninput }
    if (!name.startsWith('seat.')) return h('input', { type: 'text', inputmode: name.startsWith('stage.') ? 'decimal' : 'numeric', autocomplete: 'off', ...label })
    return h('select', label, h('option', { value: '' }, t('seat.choose')), form.candidates.map((one) => h('option', { value: one.candidate }, one.name)))
  }
  const use = async () => {
    const open = names.filter((name) => chosenFigure(name) === undefined)
    if (open.length) return faultList(open.map((name) => ({ text: `${labelOf(form, name)}: ${chosen[name] === 'third' && third[name] ? faultWords(form, { fault: 'digits', shown: third[name], ...read(third[name]) }).text : t('differences.choose')}` })), t('faults', { n: open.length }), true)
    const agreed = names.every((name) => chosenFigure(name) === figureAt(first.figures, name))
    if (agreed) return sign(form, 'entry', first.figures, true)
    const sums = reckon(form, { ...result(), lot: own.lot ?? [] })
    if (!sums.ready) return faultList(sums.faults.map((one) => ({ text: faultWords(form, one).text })), t('faults', { n: sums.faults.length }), true)
    // The first reading is somebody else's and signed: whoever typed it has to type it again.
    document.getElementById('return').open = true
    document.getElementById('note').focus()
    status.textContent = t('differences.theirs', { person: first.person })
    pendingOwn = differing(own, figuresOf(form, { ...result(), lot: own.lot ?? [] }, sums, own.revision), form).length ? figuresOf(form, { ...result(), lot: own.lot ?? [] }, sums, own.revision) : null
  }
  let pendingOwn = null
  const giveBack = async (event) => {
    const note = document.getElementById('note').value.trim()
    event.target.disabled = true
    try {
      const answer = await asked(election, `/enter/${election}/contests/${form.ballot_id}/returns`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ revision: own.revision, person: first.person, note }) })
      if (!answer.ok) throw new Error((await answer.json()).detail)
    } catch (error) { event.target.disabled = false; return faultList([{ text: String(error.message) }], t('returned.failed'), true) }
    newlySentBack(record.id)
    if (pendingOwn) return sign(form, 'entry', pendingOwn, true)
    go(form.ballot_id, 'end', id, true)
  }
  const n = winners ? 1 : names.length
  // What was done at a stage, or that there is one, is no figure to choose: every figure after it depends on it.
  const apart = names.filter((name) => name.endsWith('.did')).map((name) => Number(name.split('.')[1]))
  const didOf = (figures, number) => { const stage = figures.stages?.[number - 2]; return stage ? didSays(form, stage) : t('differences.no_stage') }
  const heading = apart.length ? t('entered.look') : t('differences', { n, of: all })
  put(`${heading}, ${form.name}`, form.test, whoLine(), step(t('differences.step', { contest: form.name })), h1(heading),
    h('p', {}, apart.length ? t('differences.apart') : t('differences.says', { n: all - names.length })), h('div', { id: 'faults' }),
    apart.length ? [ h('ul', { class: 'plain' }, apart.map((number) => h('li', {}, t('differences.apart.stage', { n: number, first: didOf(first.figures, number), second: didOf(own, number) }))))] : names.map(field),
    apart.length ? null : winners ? h('p', {}, t('differences.winners', { first: listed((first.figures.elected ?? []).map((one) => nameOf(form, one))), second: listed((own.elected ?? []).map((one) => nameOf(form, one))) })) : status,
    acts(winners || apart.length ? button(t('entered.correct'), () => correct(form, record, own, own.revision, names), 'main') : button(t('differences.use'), use, 'main')),
    h('details', { id: 'return' }, h('summary', {}, t('returned.ask', { person: first.person })), h('p', {}, h('label', { class: 'big', for: 'note' }, t('returned.note')), h('textarea', { id: 'note', maxlength: '300' })), h('p', { class: 'hint' }, t('returned.says', { person: first.person })), acts(button(t('returned'), giveBack))))
}
function newlySentBack(id) { draft.sentBack = [...(draft.sentBack ?? []), id]; save() }
/** Two people's entries agree: the declaration that cites them is read aloud, and signed. */
async function viewDeclare(form, id, gone) {
  const record = await kept.get('outbox', id)
  const entered = record?.receipt?.entered
  if (!entered?.agrees || !entered.other) return go(form.ballot_id, 'end', id, true)
  const done = (await outbox(election)).find((one) => one.type === 'declaration' && one.subject === form.ballot_id && one.end !== 'refused' && JSON.parse(one.body).data.entries?.includes(record.digest))
  if (gone()) return
  if (done) return go(form.ballot_id, 'end', done.id, true)
  const own = JSON.parse(record.body).data
  const data = { ...own, ...(form.returning_officer ? { returning_officer: form.returning_officer } : {}), entries: [entered.other, record.digest] }
  const sums = reckon(form, draftOf(own, form))
  put(`${t('review')}, ${form.name}`, form.test, whoLine(), step(t('step.of', { n: 3, contest: form.name })), h1(t('review')), h('p', {}, rich(t(sums.gaps.length ? 'declare.gap' : 'declare.says'))),
    sums.gaps.length ? h('p', { class: 'note-from' }, t('review.gap', { gap: faultWords(form, sums.gaps[0]).text })) : null, deed(form, own), h('div', { id: 'faults' }), saidBesides(form, data),
    acts(button(t('review.send'), (event) => { const more = besides(form, data); if (!more) return; event.target.disabled = true; sign(form, 'declaration', { ...data, ...more }) }, 'main'), button(t('review.change'), () => correct(form, record, own, own.revision))),
    h('p', { class: 'hint' }, t('review.as', { name: who.name ?? mine.name ?? who.person, role: t(`role.${who.role}`) })))
}

// ---- something else than figures: by a returning officer ----
function viewOther(form) {
  // Of a contest by list, or a referendum, there is no result without its figures.
  const kinds = [...(byList(form) || form.question ? [] : unopposed(form) ? ['uncontested'] : ['flash']), 'recount', ...(form.next_revision > 1 ? ['withdrawn'] : [])]
  if (!draft.kind || !kinds.includes(draft.kind)) {
    return put(`${t('other')}, ${form.name}`, form.test, whoLine(), step(form.name), h1(t('other')), h('ul', { class: 'pick' }, kinds.map((kind) => h('li', {}, h('a', { href: address(form.ballot_id, 'other'), onclick: (event) => { event.preventDefault(); newDraft(form.ballot_id, { kind }); show() } }, h('b', {}, t(`other.${kind}`)), h('span', { class: 'st' }, t(`other.${kind}.says`)))))), acts(link(t('other.back'), address(form.ballot_id, 'figures'))))
  }
  const { kind } = draft, wantsElected = ['flash', 'uncontested'].includes(kind), places = Math.min(form.seats, form.candidates.length)
  const pick = (one) => (event) => { draft.elected = places === 1 ? [one] : [...new Set([...(draft.elected ?? []).filter((each) => each !== one), ...(event.target.checked ? [one] : [])])]; save() }
  const next = () => {
    const faults = []
    if (wantsElected && (draft.elected ?? []).length !== places) faults.push({ text: t('fault.seats', { n: places }) })
    if (kind === 'withdrawn' && !(draft.reason ?? '').trim()) faults.push({ name: 'reason', text: t('fault.reason') })
    if (faults.length) return faultList(faults, t('faults', { n: faults.length }), true)
    go(form.ballot_id, 'review')
  }
  put(`${t(`other.${kind}`)}, ${form.name}`, form.test, whoLine(), step(form.name), h1(t(`other.${kind}`)), h('p', {}, t(`other.${kind}.says`)), h('p', { class: 'hint' }, h('b', { id: 'saved' }, draft.saved ? t('draft.saved', { time: clock(draft.saved) }) : '')), h('div', { id: 'faults' }),
    wantsElected && h('fieldset', { class: 'choose' }, h('legend', {}, t('elected.who', { n: places })), form.candidates.map((one) => h('label', {}, h('input', { type: places === 1 ? 'radio' : 'checkbox', name: 'elected', checked: (draft.elected ?? []).includes(one.candidate), onchange: pick(one.candidate) }), bdi(one.name)))),
    ['recount', 'withdrawn'].includes(kind) && h('p', {}, h('label', { class: 'big', for: fieldId('reason') }, t('other.reason')), h('textarea', { id: fieldId('reason'), maxlength: '200', oninput: (event) => { draft.reason = event.target.value.trim(); save() } }, draft.reason ?? ''), h('span', { class: 'hint' }, t('other.reason.says'))),
    acts(button(t('figures.read'), next, 'main'), button(t('other.back'), async () => { await dropDraft(form.ballot_id); go(form.ballot_id, 'figures') })))
}

// ---- another device: a code, or a file ----
async function carry(record) {
  const share = () => navigator.share({ files: [asFile(record)], title: record.subject }).catch(() => {})
  const download = () => { const url = URL.createObjectURL(asFile(record)), a = h('a', { href: url, download: `${record.subject}.signed` }); a.click(); setTimeout(() => URL.revokeObjectURL(url), 60000) }
  return [h('h2', {}, t('carry')), h('p', {}, t('carry.says')), await code(record), acts(button(t('carry.file'), download), navigator.canShare?.({ files: [asFile(record)] }) && button(t('carry.share'), share))]
}
async function code(record) {
  try {
    const packed = new Uint8Array(await new Response(new Blob([`${record.signature}\n${record.body}`]).stream().pipeThrough(new CompressionStream('deflate-raw'))).arrayBuffer())
    const url = `${location.origin}/post#${btoa(String.fromCharCode(...packed)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`
    const { generate, correction } = await import('./lean-qr.js')
    const made = generate(url, { maxCorrectionLevel: correction.L })
    let path = ''
    for (let y = 0; y < made.size; y++) for (let x = 0; x < made.size; x++) if (made.get(x, y)) path += `M${x + 4} ${y + 4}h1v1h-1z`
    const side = made.size + 8
    return drawing({ class: 'qr', viewBox: `0 0 ${side} ${side}`, role: 'img', 'aria-label': t('carry.code') }, ['rect', { width: side, height: side, fill: '#fff' }], ['path', { d: path, fill: '#000' }])
  } catch { return h('p', { class: 'hint' }, t('carry.long')) }
}

// ---- beginning ----
startSpeaking(() => { shown.focus = false; show() })
addEventListener('hashchange', () => { drawn = ''; shown.focus = true; show() })
addEventListener('online', () => setOnline(true))
addEventListener('offline', () => setOnline(false))
addEventListener('unhandledrejection', (event) => viewFailed(event.reason))
navigator.serviceWorker?.register('/enter/worker.js', { scope: '/enter' }).catch(() => {})
show()
