// Chooses one paper and sends it to /documents at once: nothing rests in the page's server; its hash goes back to the page.

const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '')

/** An element with attributes, listeners and children; text goes in as text. */
function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on') || typeof value === 'boolean') element[name] = value
    else element.setAttribute(name, value)
  }
  element.append(...children)
  return element
}

/** What the server kept of *file*. Throws its sentence where it refuses. */
async function send(file, { language, words, limit }) {
  if (file.size > limit) throw new Error(words.large)
  const headers = { Accept: 'application/json', 'Accept-Language': language, 'File-Name': encodeURIComponent(file.name),
    'Content-Type': 'application/octet-stream' }
  const answer = await fetch('/documents', { method: 'POST', headers, body: file }).catch(() => null)
  if (!answer) throw new Error(words.offline)
  const told = await answer.json().catch(() => ({}))
  if (!answer.ok) throw new Error([told.message, told.remedy].filter(Boolean).join(' ') || words.failed)
  return { sha256: told.sha256, name: told.name }
}

function draw(place, data, keep, kept) {
  const { words } = data
  const state = h('p', { class: 'state', role: 'status' })
  const input = h('input', { type: 'file', accept: data.accept, onchange: async () => {
    const [file] = input.files
    if (!file) return
    input.disabled = true
    state.textContent = fill(words.sending, file)
    try {
      kept = await send(file, data)
      keep(kept)
      draw(place, data, keep, kept)
    } catch (error) {
      state.textContent = error.message
      state.classList.add('wrong')
      input.disabled = false
      input.value = ''
    }
  } })
  const label = h('label', { class: 'choose' }, h('span', {}, words.choose), input, h('small', {}, words.kinds))
  const gone = h('button', { type: 'button', onclick: () => { keep(null); draw(place, data, keep, null) } }, words.remove)
  if (kept) state.textContent = fill(words.kept, kept)
  place.replaceChildren(...(kept ? [state, gone] : [label, state]))
}

export default function ({ data, parentElement, setStateValue }) {
  const key = JSON.stringify(data)
  if (parentElement.drawn === key) return
  parentElement.drawn = key
  parentElement.kept ??= null
  const keep = (kept) => { parentElement.kept = kept; setStateValue('kept', kept) }
  draw(parentElement.querySelector('.document'), data, keep, parentElement.kept)
}
