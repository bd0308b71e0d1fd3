// On a page that has pieces of a board in frames: gives each frame the height that it asks for. It looks at nothing else,
// and a frame can say nothing but its own height.
addEventListener('message', function (event) {
  var height = event.data && event.data.tallywire === 'height' ? Number(event.data.height) : 0
  if (!(height > 0 && height < 10000)) return
  var frames = document.getElementsByTagName('iframe')
  for (var i = 0; i < frames.length; i++) {
    if (frames[i].contentWindow === event.source) frames[i].height = String(Math.ceil(height))
  }
})
