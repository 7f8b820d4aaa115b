// Call pads and raters that can be pressed: showPad(element, id, pad, press) draws one of /state's pads; press(id, keys) is told each press.
// Needs lamps.js and pads.css. Keeps only the digits that were typed and not sent.
'use strict';

(() => {
  const KEYS = [  // cap, English, byte; digits collect, the others send
    ['1', '', 1], ['2', '', 2], ['3', '', 3], ['呼叫', 'call', 12],
    ['4', '', 4], ['5', '', 5], ['6', '', 6], ['重呼', 'recall', 13],
    ['7', '', 7], ['8', '', 8], ['9', '', 9], ['开始', 'start', 10],
    ['暂停', 'pause', 18], ['0', '', 0], ['功能', 'function', 15], ['评价', 'rate', 11],
    ['撤销', 'cancel', 14], ['转移', 'transfer', 19], ['一米线', '1 m line', 17], ['清', 'clear', null],
  ];
  const FACES = [  // score, name, English, mouth
    [4, '非常\u200b满意', 'very satisfied', 'M13 24 Q20 36 27 24 Z'], [3, '满意', 'satisfied', 'M13 25 Q20 32 27 25'],
    [2, '基本\u200b满意', 'fairly satisfied', 'M13 27 L27 27'], [1, '不满意', 'dissatisfied', 'M13 30 Q20 23 27 30'],
    [0, '非常\u200b不满意', 'very dissatisfied', 'M12 31 Q20 20 28 31'],
  ];

  function make(kind, className, text) {
    return Object.assign(document.createElement(kind), {className, textContent: text || ''});
  }

  function words(zh, en) {
    const both = make('span', '', zh);
    if (en) both.append(Object.assign(make('small', '', en), {lang: 'en'}));
    return both;
  }

  function pad(element, id, press) {
    const canvas = make('canvas'), sign = make('p', 'pad-sign'), keys = make('div', 'pad-keys');
    canvas.setAttribute('role', 'img');
    element.className = 'pad';
    let typed = [];
    const tell = () => { element.typed = typed.join(''); element.redraw(); };
    for (const [cap, en, value] of KEYS) {
      const button = make('button', value !== null && value < 10 ? 'pad-digit' : value === 12 ? 'pad-call' : 'pad-key');
      button.type = 'button';
      button.append(words(cap, en));
      button.onclick = () => {
        if (value === null) typed = [];
        else if (value < 10) typed = [...typed, value].slice(-8);
        else { press(id, [...typed, value]); typed = []; }
        tell();
      };
      keys.append(button);
    }
    element.append(canvas, sign, keys);
    element.show = (state) => {
      element.redraw = () => {
        const shown = (element.typed || state.digits).slice(-Math.max(1, state.places));
        lamps.segments(canvas, shown.padStart(state.places), {places: state.places, framed: false});
        canvas.setAttribute('aria-label', shown.trim() || '不亮 dark');
        const signs = {done: ['成功', 'done'], failed: ['失败', 'failed'], '': ['', '']}[state.sign];
        sign.replaceChildren(element.typed ? words('已输入', 'typed') : words(...signs));
        sign.dataset.sign = element.typed ? '' : state.sign;
      };
      element.redraw();
      if (element.beeps !== undefined && state.beeps > element.beeps) ring(element);
      element.beeps = state.beeps;
    };
  }

  function rater(element, id, press) {
    const title = make('p', 'rater-title'), stars = make('p', 'rater-stars'), faces = make('div', 'rater-faces');
    element.className = 'rater';
    const buttons = FACES.map(([score, zh, en, mouth]) => {
      const button = make('button', `face face-${score}`);
      button.type = 'button';
      button.innerHTML = `<svg viewBox="0 0 40 40" aria-hidden="true"><circle cx="20" cy="20" r="17"/><circle class="eye" cx="14" cy="16" r="2"/><circle class="eye" cx="26" cy="16" r="2"/><path d="${mouth}"/></svg>`;
      button.append(words(zh, en));
      button.onclick = () => press(id, [score]);
      faces.append(button);
      return [score, button];
    });
    element.append(title, stars, faces);
    element.show = (state) => {
      element.dataset.asked = state.asked;
      title.replaceChildren(state.asked ? words('请您评价', 'Please rate') : state.score === null ? words('欢迎评价', 'Your opinion counts') : words('谢谢您', 'Thank you'));
      stars.textContent = '★'.repeat(state.stars) + '☆'.repeat(5 - state.stars);
      stars.setAttribute('aria-label', `${state.stars} 星 stars`);
      for (const [score, button] of buttons) button.setAttribute('aria-pressed', state.score === score);
    };
  }

  function ring(element) {
    element.classList.remove('rings');
    void element.offsetWidth;
    element.classList.add('rings');
  }

  window.showPad = (element, id, state, press) => {
    if (!element.show) (state.kind === 'rater' ? rater : pad)(element, id, press);
    element.show(state);
    element.dataset.off = state.order === 'dead';
  };
})();
