// The page of a code: sends what somebody has signed on another device, and cannot change it.
import { h, icon, rich } from './elements.js'
import { post, receiptCode } from './people.js'
import { startSpeaking, t, toTheSecond } from './words.js'

const main = document.getElementById('main')
let carried = null, record = null
const put = (title, ...children) => { document.title = `${title} - Tallywire`; main.replaceChildren(...children.flat(9).filter(Boolean)) }

async function open() {
  const packed = location.hash.slice(1)
  history.replaceState(null, '', location.pathname + location.search)
  try {
    const bytes = Uint8Array.from(atob(packed.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))
    const text = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'))).text()
    const at = text.indexOf('\n'), signature = text.slice(0, at), body = text.slice(at + 1), event = JSON.parse(body)
    const digest = [...new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))].map((b) => b.toString(16).padStart(2, '0')).join('')
    if (!/^[\w-]+\.\.[\w-]+$/.test(signature) || !event.election || !event.id) throw new Error('not whole')
    carried = { id: event.id, election: event.election, type: event.type, subject: event.subject, time: event.time, body, signature, digest }
  } catch { carried = null }
  show()
}
async function send(event) {
  if (event) event.target.disabled = true
  record = await post(carried.election, carried, (now) => { record = now; show() })
  show()
  main.querySelector('h1')?.focus()
}
function state(cls, shape, heading, ...says) { return h('div', { class: `state ${cls}`, role: 'status' }, h('h1', { tabindex: '-1' }, icon(shape), h('span', {}, heading)), says) }
function show() {
  if (!carried) return put(t('send.bad'), h('h1', {}, t('send.bad')), h('p', {}, t('send.bad.says')))
  const facts = h('div', { class: 'receipt' }, h('p', { class: 'step' }, t('receipt')), h('p', { class: 'no' }, receiptCode(carried.digest)), h('dl', {}, h('dt', {}, t('fact.contest')), h('dd', {}, carried.subject), h('dt', {}, t('fact.signed')), h('dd', {}, toTheSecond(carried.time))))
  const go = h('div', { class: 'acts' }, h('button', { class: 'main', type: 'button', onclick: send }, t('send.send')))
  if (!record) return put(t('send.page'), h('h1', { tabindex: '-1' }, t('send.page')), h('p', {}, t('send.says')), facts, go)
  const time = record.at && toTheSecond(record.at)
  if (record.end === 'not-sent') return put(t('end.not'), state('not', 'crossed', t('end.not'), h('p', {}, rich(t('send.not')))), facts, go)
  if (record.end === 'trying') return put(t('end.trying'), state('trying', 'arrow', t('end.trying'), h('p', {}, rich(t('end.trying.says')))), facts)
  if (record.end === 'sent') return put(t('end.sent'), state('sent', 'tick', t('end.sent'), h('p', {}, rich(t(record.receipt.status === 'entered' ? 'send.entered' : 'send.sent', { time })))), facts)
  const found = (record.receipt ?? record.problem)?.reasons ?? []
  const why = [h('h2', {}, t('why')), ...(found.length ? found.map((one) => h('p', { class: 'reason', lang: 'en' }, one.message)) : [h('p', { lang: 'en' }, record.problem?.detail ?? '')])]
  if (record.end === 'held') return put(t('end.held'), state('held', 'bars', t('end.held'), h('p', {}, rich(t('end.held.says', { time })))), why, facts)
  put(t('end.refused'), state('refused', 'cross', t('end.refused'), h('p', {}, rich(t('end.refused.says', { time })))), why, facts)
}
startSpeaking(show)
open()
