// To another device: a code, or a file.
import { drawing, h } from './elements.js'
import { acts, button } from './enter-page.js'
import { asFile } from './people.js'
import { t } from './words.js'

export async function carry(record) {
  const share = () => navigator.share({ files: [asFile(record)], title: record.subject }).catch(() => {})
  const download = () => {
    const url = URL.createObjectURL(asFile(record)),
      a = h('a', { href: url, download: `${record.subject}.signed` })
    a.click()
    setTimeout(() => URL.revokeObjectURL(url), 60000)
  }
  return [
    h('h2', {}, t('carry')),
    h('p', {}, t('carry.says')),
    await code(record),
    acts(button(t('carry.file'), download), navigator.canShare?.({ files: [asFile(record)] }) && button(t('carry.share'), share)),
  ]
}

async function code(record) {
  try {
    const packed = new Uint8Array(
      await new Response(
        new Blob([`${record.signature}\n${record.body}`]).stream().pipeThrough(new CompressionStream('deflate-raw')),
      ).arrayBuffer(),
    )
    const url = `${location.origin}/post#${btoa(String.fromCharCode(...packed))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replaceAll('=', '')}`
    const { generate, correction } = await import('./lean-qr.js')
    const made = generate(url, { maxCorrectionLevel: correction.L })
    let path = ''
    for (let y = 0; y < made.size; y++) for (let x = 0; x < made.size; x++) if (made.get(x, y)) path += `M${x + 4} ${y + 4}h1v1h-1z`
    const side = made.size + 8
    return drawing(
      { class: 'qr', viewBox: `0 0 ${side} ${side}`, role: 'img', 'aria-label': t('carry.code') },
      ['rect', { width: side, height: side, fill: '#fff' }],
      ['path', { d: path, fill: '#000' }],
    )
  } catch {
    return h('p', { class: 'hint' }, t('carry.long'))
  }
}
