// Drawing boxes over a photo, by finger, mouse or keys: what lies under them is painted over on the public copy.

const make = (tag, className, words) => {
  const element = document.createElement(tag)
  if (className) element.className = className
  if (words) element.textContent = words
  return element
}
const within = (value) => Math.min(1, Math.max(0, value))
const STEP = 0.02 // of the picture, for the arrow keys
const LEAST = 0.005 // a box smaller than this is a tap

class Drawing {
  constructor(root, { boxes, words, address }, save) {
    this.find = (selector) => root.querySelector(selector)
    this.words = words
    this.boxes = boxes.map((box) => [...box])
    this.first = JSON.stringify(this.boxes)
    this.undone = [] // how it was before each change
    this.chosen = null
    this.image = this.find('img')
    this.image.src = address
    this.image.alt = words.photo
    this.layer = this.find('.layer')
    for (const name of ['undo', 'remove', 'save', 'add']) this.find('.' + name).textContent = words[name]
    this.find('.undo').onclick = () => this.undo()
    this.find('.remove').onclick = () => this.remove()
    this.find('.add').onclick = () => this.add([0.4, 0.4, 0.2, 0.2])
    this.find('.save').onclick = () => save(this.boxes)
    this.layer.onpointerdown = (event) => this.begin(event)
    this.layer.onkeydown = (event) => this.keys(event)
    this.image.onerror = () => (this.find('.state').textContent = words.failed)
    this.draw()
  }

  at(event) {
    const { left, top, width, height } = this.layer.getBoundingClientRect()
    return [within((event.clientX - left) / width), within((event.clientY - top) / height)]
  }

  // A finger on a box chooses or moves it; anywhere else it draws a new one.
  begin(event) {
    if (event.button) return
    event.preventDefault()
    const start = this.at(event)
    const held = event.target.dataset.box === undefined ? null : Number(event.target.dataset.box)
    const before = this.boxes.map((box) => [...box])
    const index = held ?? this.boxes.length
    const from = held === null ? null : [...this.boxes[held]]
    this.layer.setPointerCapture(event.pointerId)
    this.layer.onpointermove = (move) => {
      const now = this.at(move)
      this.boxes[index] = from ? moved(from, now[0] - start[0], now[1] - start[1]) : spanned(start, now)
      this.chosen = index
      this.draw()
    }
    const end = () => {
      this.layer.onpointermove = this.layer.onpointerup = this.layer.onpointercancel = null
      const box = this.boxes[index]
      if (box && (box[2] < LEAST || box[3] < LEAST)) this.boxes.splice(index, 1)
      this.chosen = this.boxes[index] ? index : null
      if (JSON.stringify(before) !== JSON.stringify(this.boxes)) this.undone.push(before)
      this.draw()
      if (this.chosen !== null) this.layer.children[this.chosen].focus()
    }
    this.layer.onpointerup = this.layer.onpointercancel = end
  }

  change(work) {
    this.undone.push(this.boxes.map((box) => [...box]))
    work()
    this.draw()
    this.layer.children[this.chosen]?.focus()
  }

  add(box) {
    this.change(() => (this.chosen = this.boxes.push(box) - 1))
  }

  remove() {
    if (this.chosen === null) return
    this.change(() => {
      this.boxes.splice(this.chosen, 1)
      this.chosen = null
    })
  }

  undo() {
    if (!this.undone.length) return
    this.boxes = this.undone.pop()
    this.chosen = null
    this.draw()
  }

  // The arrows move the chosen box, with Shift they change its size; Delete removes it.
  keys(event) {
    if (event.target.dataset.box === undefined) return
    this.chosen = Number(event.target.dataset.box)
    const [x, y] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [0, 0]
    if (event.key === 'Delete' || event.key === 'Backspace') this.remove()
    else if (x || y) this.change(() => this.push(x * STEP, y * STEP, event.shiftKey))
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  push(x, y, sizing) {
    const [left, top, width, height] = this.boxes[this.chosen]
    const grown = [left, top, Math.min(1 - left, Math.max(STEP, width + x)), Math.min(1 - top, Math.max(STEP, height + y))]
    this.boxes[this.chosen] = sizing ? grown : moved(this.boxes[this.chosen], x, y)
  }

  draw() {
    const { words } = this
    this.layer.replaceChildren(...this.boxes.map((box, index) => this.box(box, index)))
    const changed = JSON.stringify(this.boxes) !== this.first
    this.find('.undo').disabled = !this.undone.length
    this.find('.remove').disabled = this.chosen === null
    this.find('.state').textContent = words.count.replace('{n}', this.boxes.length) + (changed ? ' ' + words.unsaved : '')
  }

  box([left, top, width, height], index) {
    const element = make('div', index === this.chosen ? 'box chosen' : 'box')
    element.dataset.box = index
    element.tabIndex = 0
    element.setAttribute('role', 'button')
    element.setAttribute('aria-label', `${this.words.box} ${index + 1}`)
    const place = { left, top, width, height }
    for (const [name, share] of Object.entries(place)) element.style[name] = `${share * 100}%`
    element.onfocus = () => {
      if (this.chosen === index) return
      this.chosen = index
      this.find('.remove').disabled = false
      for (const other of this.layer.children) other.classList.toggle('chosen', other === element)
    }
    return element
  }
}

const moved = ([left, top, width, height], x, y) => [
  Math.min(1 - width, Math.max(0, left + x)), Math.min(1 - height, Math.max(0, top + y)), width, height,
]
const spanned = ([x0, y0], [x1, y1]) => [Math.min(x0, x1), Math.min(y0, y1), Math.abs(x1 - x0), Math.abs(y1 - y0)]

export default function ({ data, parentElement, setTriggerValue }) {
  const key = JSON.stringify(data)
  if (parentElement.drawn === key) return
  parentElement.drawn = key
  new Drawing(parentElement, data, (boxes) => setTriggerValue('saved', { boxes, photo: data.photo }))
}
