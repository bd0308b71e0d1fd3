// Keeps the entry page so that it opens without a connection. KEPT, in the line before, is all that it needs.
// It answers for pages and their files alone: what is sent, and what is asked of the service, goes past it.
const PLACE = 'tallywire-enter', PAGE = '/enter'
addEventListener('install', (event) => event.waitUntil((async () => {
  const cache = await caches.open(PLACE)
  await cache.addAll([PAGE, ...KEPT])
  await skipWaiting()
})()))
addEventListener('activate', (event) => event.waitUntil((async () => {
  const cache = await caches.open(PLACE)
  for (const kept of await cache.keys()) {
    const { pathname } = new URL(kept.url)
    if (pathname !== PAGE && !KEPT.includes(pathname)) await cache.delete(kept)
  }
  await clients.claim()
})()))
addEventListener('fetch', (event) => {
  const { request } = event, { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== location.origin) return
  if (request.mode === 'navigate' && pathname === PAGE) event.respondWith(page(request))
  else if (KEPT.includes(pathname)) event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)))
})
/** The page as it is now; the one that is kept where that takes long, or there is no connection. */
async function page(request) {
  const cache = await caches.open(PLACE)
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(4000) })
    if (answer.ok && !answer.redirected) { await cache.put(PAGE, answer.clone()); return answer }
    if (answer.status < 500) return answer
  } catch { /* no connection */ }
  return (await cache.match(PAGE)) ?? Response.error()
}
