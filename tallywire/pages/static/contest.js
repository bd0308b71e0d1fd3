// The page of a contest. It is complete without this: it follows the election, and puts the address of this service into
// the commands where the operator has not said what it is.
import './following.js'
for (const each of document.querySelectorAll('[data-host]')) if (each.textContent === 'https://THIS-SERVICE') each.textContent = location.origin
