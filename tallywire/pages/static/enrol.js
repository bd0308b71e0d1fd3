// The page of an invitation: makes this browser's key, asks for it to be enrolled, and waits until it is.
import { bdi, h, rich } from './elements.js'
import { NotSignedIn, inPairs, keyOf, makeKey, requestEnrolment, whyNoKey } from './people.js'
import { startSpeaking, t } from './words.js'

const main = document.getElementById('main'), telephone = main.dataset.telephone
// The token leaves the address bar, the history and every screenshot before anything else is done.
const [election = '', token = ''] = decodeURIComponent(location.hash.slice(1)).split('/')
if (location.hash) history.replaceState(null, '', location.pathname + location.search)
let typed = '', fault = '', timer = 0, view = begin

const put = (title, ...children) => {
  document.title = `${title} - Tallywire`
  main.replaceChildren(...children.flat(9).filter(Boolean))
}
/** The election's name, as the page has it; its id where that is not known here. */
const named = () => document.getElementById('elections').content.querySelector(`[data-election="${CSS.escape(election)}"]`)?.dataset.name ?? election
const step = () => h('p', { class: 'step' }, t('enrol.step'))
const call = () => telephone && h('a', { class: 'btn', href: `tel:${telephone.replace(/[^+\d]/g, '')}` }, t('desk.call', { telephone }))
const says = (name, ...more) => put(t(name), step(), h('h1', { tabindex: '-1' }, t(name)), h('p', {}, t(`${name}.says`)), ...more, h('div', { class: 'acts' }, call()))

async function begin() {
  const why = await whyNoKey()
  if (why) return says(`enrol.${why}`)
  if (!/^[A-Za-z0-9_-]{43}$/.test(token) || !election) {
    return says('enrol.nolink')
  }
  const key = await keyOf(election)
  // Opened again: the request that was made goes on.
  if (key?.request?.token === token) return ask(key, key.name)
  const name = h('input', { class: 'full', id: 'name', autocomplete: 'name', maxlength: '200', value: typed, 'aria-describedby': fault ? 'w-name' : 'name-says', 'aria-invalid': fault ? 'true' : null, oninput: (event) => { typed = event.target.value } })
  const make = async (event) => {
    event.preventDefault()
    if (!typed.trim()) { fault = t('enrol.name.missing'); await begin(); document.getElementById('name').focus(); return }
    event.submitter?.setAttribute('disabled', '')
    put(t('enrol.making'), step(), h('h1', {}, t('enrol.making')))
    await ask(await makeKey(election), typed.trim())
  }
  put(t('enrol.page'), step(), h('h1', {}, t('enrol.page')), h('p', {}, t('enrol.says')),
    h('div', { class: 'receipt' }, h('dl', {}, h('dt', {}, t('enrol.election')), h('dd', {}, bdi(named())))),
    h('form', { novalidate: true, onsubmit: make }, h('p', {}, h('label', { class: 'big', for: 'name' }, t('enrol.name')), name, h('span', { class: 'hint', id: 'name-says' }, t('enrol.name.says')), fault && h('b', { class: 'wrong', id: 'w-name' }, fault)),
      key && h('p', { class: 'note-from' }, t('enrol.replace')), h('div', { class: 'acts' }, h('button', { class: 'main' }, t('enrol.make')))),
    h('p', { class: 'hint' }, t('enrol.notme')), h('p', { class: 'hint' }, t('enrol.kept')))
}
async function ask(key, name) {
  try { await requestEnrolment(key, name, token) } catch (error) {
    view = () => ask(key, name)
    // What was refused is refused again.
    const anew = !(error instanceof NotSignedIn) || error.status === 429 || error.status >= 500
    const text = error instanceof NotSignedIn ? h('p', { lang: 'en' }, error.message) : h('p', {}, t('enrol.noconnection'))
    put(t('enrol.no'), step(), h('h1', { tabindex: '-1' }, t('enrol.no')), text, h('div', { class: 'acts' }, anew && h('button', { class: 'main', type: 'button', onclick: view }, t('again')), call()))
    return main.querySelector('h1').focus()
  }
  view = () => wait(key)
  await wait(key)
  main.querySelector('h1').focus()
}
async function wait(key) {
  clearTimeout(timer)
  put(t('enrol.compare'), step(), h('h1', { tabindex: '-1' }, t('enrol.compare')), h('p', { class: 'kid', 'aria-label': [...key.kid].join(' ') , role: 'img' }, inPairs(key.kid)), h('p', {}, t('enrol.compare.says')),
    h('p', { role: 'status' }, rich(t('enrol.waiting', { page: `${location.host}/enter` }))), h('div', { class: 'acts' }, call()))
  const look = async () => {
    let enrolled = false
    try { enrolled = (await (await fetch(`/enrol/${election}/${key.kid}`, { cache: 'no-store' })).json()).enrolled } catch { /* asked again */ }
    if (!enrolled) { timer = setTimeout(look, 3000); return }
    view = done
    done()
    main.querySelector('h1').focus()
  }
  await look()
}
function done() { put(t('enrol.done'), step(), h('h1', { tabindex: '-1' }, t('enrol.done')), h('div', { class: 'acts' }, h('a', { class: 'btn main', href: `/enter#/${election}` }, t('enrol.go')))) }

startSpeaking(() => view())
view()
