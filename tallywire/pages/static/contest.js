// Beside board.js on the page of a contest: puts the address of this service into the commands, where the operator has
// not said what it is.
function address() {
  for (const each of document.querySelectorAll('[data-host]')) {
    if (each.textContent === 'https://THIS-SERVICE') each.textContent = location.origin
  }
}
address()
const check = document.getElementById('check')
if (check) new MutationObserver(address).observe(check, { childList: true, subtree: true })
