// A bundle is chosen, sent to /api/verify and checked there; what came of it is shown fault by fault, with path and meaning.

const POLL_MS = 700

/** An element with attributes, listeners (`onclick`) and children; text goes in as text. */
function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on') || typeof value === 'boolean') element[name] = value
    else if (value !== null) element.setAttribute(name, value)
  }
  element.append(...children.filter(child => child !== null && child !== ''))
  return element
}

const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name])
const randomToken = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('')

class Check {
  #data; #host; #file = null; #request = null; #timer = null

  constructor(host, data) {
    this.#data = data
    this.#host = host
    this.#ask()
    host.dataset.ready = 'true'
  }

  end() {
    this.#request?.abort()
    clearInterval(this.#timer)
  }

  // ---- what the person gives

  #ask() {
    const words = this.#data.words
    const name = h('span', { class: 'name' }, words.drop), start = h('button', { type: 'submit', class: 'main', disabled: true }, words.start)
    const choose = file => {
      if (!file) return
      this.#file = file
      name.textContent = file.name
      start.disabled = false
    }
    const field = (label, help, attributes) => h('label', {}, label, h('input', { type: 'text', autocomplete: 'off', spellcheck: 'false', ...attributes }),
      h('small', {}, help))
    const input = h('input', { type: 'file', name: 'bundle', accept: '.zip,application/zip', onchange: event => choose(event.target.files[0]) })
    const drop = h('div', { class: 'bring' }, h('label', { class: 'button' }, words.choose, input), name)
    drop.ondragover = event => { event.preventDefault(); drop.classList.add('over') }
    drop.ondragleave = () => drop.classList.remove('over')
    drop.ondrop = event => { event.preventDefault(); drop.classList.remove('over'); choose(event.dataTransfer.files[0]) }
    this.#host.replaceChildren(h('form', { onsubmit: event => { event.preventDefault(); this.#send(new FormData(event.target)) } }, drop,
      field(words.print, words.print_help, { name: 'fingerprint', value: this.#data.fingerprint, placeholder: 'SHA256:…' }),
      field(words.head, words.head_help, { name: 'head' }), start))
  }

  // ---- on its way

  #send(form) {
    const words = this.#data.words, token = randomToken()
    const query = new URLSearchParams({ fingerprint: form.get('fingerprint'), head: form.get('head'), token })
    const line = h('p', { role: 'status' }), bar = h('progress', { max: '100', value: '0' })
    const stop = h('button', { type: 'button', onclick: () => this.#request.abort() }, words.stop)
    this.#host.replaceChildren(h('div', { class: 'way' }, line, bar, stop))
    const show = (sentence, share) => { line.textContent = fill(sentence, { share }); bar.value = share }
    show(words.sending, 0)
    const request = this.#request = new XMLHttpRequest()
    request.open('PUT', `/api/verify?${query}`)
    request.setRequestHeader('Accept-Language', this.#data.language)
    request.setRequestHeader('Content-Type', 'application/zip')
    request.upload.onprogress = ({ loaded, total }) => show(words.sending, Math.floor(100 * loaded / Math.max(1, total)))
    request.upload.onload = () => this.#follow(token, bar, show)
    request.onload = () => this.#answered(request)
    request.onerror = () => this.#refused(words.offline)
    request.onabort = () => this.#refused(words.stopped)
    request.send(this.#file)
  }

  #follow(token, bar, show) {
    const words = this.#data.words
    show(words.sent, 0)
    bar.removeAttribute('value')
    this.#timer = setInterval(async () => {
      const told = await fetch(`/api/verify/${token}`).then(answer => answer.json()).catch(() => ({}))
      if (told.total && bar.isConnected) show(words.checking, Math.floor(100 * told.done / told.total))
    }, POLL_MS)
  }

  #answered(request) {
    let told = {}
    try { told = JSON.parse(request.responseText) } catch { /* said below */ }
    if (request.status !== 200) return this.#refused([told.message, told.remedy].filter(Boolean).join(' ') || this.#data.words.failed)
    this.#end(this.#result(told))
  }

  #refused(sentence) {
    this.#end(h('div', { class: 'outcome open', role: 'alert' }, h('p', {}, sentence)))
  }

  // ---- what came of it

  #result({ tone, sentence, faults, notices, facts }) {
    const words = this.#data.words
    const listed = faults.map(({ code, place, meaning, advice }) => h('li', {}, h('b', {}, meaning), place ? h('code', {}, place) : '',
      h('span', {}, advice), h('small', {}, code)))
    return h('div', {},
      h('div', { class: `outcome ${tone}`, role: 'alert' }, h('p', {}, sentence), ...notices.map(notice => h('p', { class: 'notice' }, notice))),
      listed.length ? h('h3', {}, words.faults) : '', listed.length ? h('ul', { class: 'faults' }, ...listed) : '',
      facts.length ? h('h3', {}, words.facts) : '',
      facts.length ? h('dl', {}, ...facts.flatMap(([label, value]) => [h('dt', {}, label), h('dd', {}, value)])) : '')
  }

  #end(shown) {
    clearInterval(this.#timer)
    this.#file = null
    const again = h('button', { type: 'button', onclick: () => this.#ask() }, this.#data.words.again)
    this.#host.replaceChildren(shown, again)
    this.#host.scrollIntoView({ block: 'start' })
  }
}

const shown = new WeakMap()

export default function ({ data, parentElement }) {
  const host = parentElement.querySelector('.check')
  const key = JSON.stringify(data), known = shown.get(host)
  if (known?.key === key) return
  known?.check.end()
  shown.set(host, { key, check: new Check(host, data) })
}
