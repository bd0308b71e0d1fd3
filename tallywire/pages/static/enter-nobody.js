// Views for whoever has no key, is not enrolled, has another role, or has no connection.
import { bdi, h } from './elements.js'
import { who } from './enter-asked.js'
import { acts, address, button, callDesk, h1, link, put, shown, theDesk, todo, whoLine } from './enter-page.js'
import { t } from './words.js'

export function viewOffline() {
  put(t('offline'), false, h1(t('offline')), h('p', {}, t('offline.says')), acts(button(t('again'), shown.draw, 'main'), callDesk()))
}

export function viewNoKey() {
  const list = document.getElementById('elections').content.cloneNode(true)
  put(
    t('nokey'),
    false,
    h1(t('nokey')),
    h('p', {}, t('nokey.says')),
    todo(t('nokey.link'), t('nokey.ask', { desk: theDesk() })),
    h('h2', {}, t('nokey.elections')),
    h(
      'ul',
      { class: 'pick' },
      [...list.querySelectorAll('li')].map((one) =>
        h(
          'li',
          {},
          h(
            'p',
            {},
            h('b', {}, bdi(one.dataset.name)),
            h('span', { class: 'st' }, t(one.dataset.signed ? 'nokey.signed' : 'nokey.unsigned')),
          ),
        ),
      ),
    ),
  )
}

export function viewElections(keys) {
  put(
    t('elections'),
    false,
    h1(t('elections')),
    h(
      'ul',
      { class: 'pick' },
      keys.map((key) =>
        h(
          'li',
          {},
          h(
            'a',
            { href: `#/${key.election}` },
            h('b', {}, key.election),
            h('span', { class: 'st' }, t('elections.key', { key: key.kid.slice(0, 8) })),
          ),
        ),
      ),
    ),
  )
}

export function viewNotEnrolled(refused) {
  const code = refused.problem?.reasons?.[0]?.code ?? ''
  if (code === 'signature.unknown_key') {
    put(
      t('unknown'),
      false,
      h1(t('unknown')),
      h('p', {}, t('unknown.says')),
      todo(t('unknown.wait'), t('nokey.ask', { desk: theDesk() })),
      acts(button(t('again'), shown.draw, 'main'), callDesk()),
    )
  } else
    put(
      t('nosign'),
      false,
      h1(t('nosign')),
      h('p', { lang: 'en' }, refused.message),
      todo(t('nokey.ask', { desk: theDesk() })),
      acts(button(t('again'), shown.draw, 'main'), callDesk()),
    )
}

export function viewOtherRole() {
  put(
    t('role.other'),
    false,
    whoLine(),
    h1(t('role.other')),
    h('p', {}, t('role.other.says', { role: t(`role.${who.role}`) })),
    acts(link(t('desk.go'), '/desk')),
  )
}

export function viewNotYours(ballot) {
  put(
    t('notyours'),
    false,
    whoLine(),
    h1(t('notyours')),
    h('p', {}, t('notyours.says', { contest: ballot })),
    acts(link(t('contests.all'), address())),
  )
}
