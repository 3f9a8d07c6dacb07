/* The report's own behaviour: tables that sort and filter, tables of any length, and details on demand. */
(() => {
  const ROW = 32;
  const SPARE = 10;

  /** An element with properties and children; text stays text. */
  const el = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };

  const collator = new Intl.Collator('en', { numeric: true });
  const compare = (a, b) => (typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(a, b));

  /** Puts a button into each head; `sort` gets the index of a column and 1 or -1. */
  const sortable = (heads, sort) => {
    heads.forEach((head, index) => {
      const button = el('button', { type: 'button' }, head.textContent);
      head.replaceChildren(button);
      button.addEventListener('click', () => {
        const direction = head.getAttribute('aria-sort') === 'ascending' ? -1 : 1;
        for (const other of heads) other.removeAttribute('aria-sort');
        head.setAttribute('aria-sort', direction === 1 ? 'ascending' : 'descending');
        sort(index, direction);
      });
    });
  };

  const counted = (shown, all) =>
    shown === all
      ? `${all.toLocaleString('en')} rows`
      : `${shown.toLocaleString('en')} of ${all.toLocaleString('en')} rows`;

  /** A table that is in the page already. */
  const enhance = (box) => {
    const body = box.querySelector('tbody');
    const rows = [...body.rows];
    const keyOf = (row, index) => {
      const { key } = row.cells[index].dataset;
      const text = key ?? row.cells[index].textContent.trim();
      return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
    };
    sortable([...box.querySelectorAll('thead th')], (index, direction) => {
      const keys = new Map(rows.map((row) => [row, keyOf(row, index)]));
      body.append(...rows.sort((a, b) => direction * compare(keys.get(a), keys.get(b))));
    });
    const filter = box.querySelector('.filter');
    if (filter === null) return;
    filter.hidden = false;
    const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
    filter.querySelector('input').addEventListener('input', ({ target }) => {
      const wanted = target.value.toLowerCase();
      let shown = 0;
      for (const row of rows) {
        row.hidden = !texts.get(row).includes(wanted);
        if (!row.hidden) shown += 1;
      }
      filter.querySelector('output').textContent = wanted === '' ? '' : counted(shown, rows.length);
    });
  };

  let parsed;
  /** The tables that the page does not hold as elements; read when the first of them is looked at. */
  const grids = () => {
    parsed ??= JSON.parse(document.getElementById('grids').textContent);
    return parsed;
  };

  const cell = (column, row) => column.distinct[column.index[row]];

  /** The place of each distinct value of a column in their order, so that rows are sorted by whole numbers. */
  const ranks = (column) => {
    column.ranks ??= column.distinct
      .map((_, i) => i)
      .sort((a, b) => compare(column.distinct[a], column.distinct[b]))
      .reduce((all, value, rank) => {
        all[value] = rank;
        return all;
      }, new Int32Array(column.distinct.length));
    return column.ranks;
  };

  /** A table of any length: only the rows in sight are elements. */
  const draw = (box) => {
    const { columns, why } = grids()[box.dataset.grid];
    const { name, only } = box.dataset;
    const scenario = columns[1];
    const length = columns[0].index.length;
    const all = Array.from({ length }, (_, i) => i).filter((row) => only === undefined || cell(scenario, row) === only);
    let order = all;
    let rows = all;
    const heads = columns.map(({ title }) => el('th', { scope: 'col' }, title));
    const body = el('tbody');
    const table = el('table', {}, el('thead', {}, el('tr', {}, ...heads)), body);
    table.setAttribute('aria-label', name);
    const frame = el('div', { className: 'window', tabIndex: 0, role: 'region', ariaLabel: name }, table);
    const input = el('input', { type: 'search', ariaLabel: `Filter ${name}`, autocomplete: 'off' });
    const output = el('output');
    output.setAttribute('role', 'status');
    box.append(el('p', { className: 'filter' }, el('label', {}, 'Filter ', input), output), frame);

    const space = (height) => {
      const made = el('tr', { className: 'space' }, el('td', { colSpan: columns.length }));
      made.style.height = `${height}px`;
      made.ariaHidden = 'true';
      return made;
    };
    let first = -1;
    const paint = () => {
      const from = Math.max(0, Math.floor(frame.scrollTop / ROW) - SPARE);
      if (from === first) return;
      first = from;
      const focused = document.activeElement?.dataset?.row;
      const to = Math.min(rows.length, from + Math.ceil(frame.clientHeight / ROW) + 2 * SPARE);
      const shown = rows.slice(from, to).map((row, i) => {
        const line = el(
          'tr',
          {},
          ...columns.map((column, at) => {
            const text = String(cell(column, row));
            if (at > 0) return el('td', { title: text }, text);
            const button = el('button', { type: 'button', className: 'open' }, text);
            button.dataset.row = String(row);
            button.setAttribute('aria-haspopup', 'dialog');
            return el('td', {}, button);
          }),
        );
        line.ariaRowIndex = String(from + i + 2);
        return line;
      });
      body.replaceChildren(space(from * ROW), ...shown, space((rows.length - to) * ROW));
      if (focused !== undefined) body.querySelector(`[data-row="${focused}"]`)?.focus({ preventScroll: true });
    };
    const refresh = () => {
      table.ariaRowCount = String(rows.length + 1);
      output.textContent = counted(rows.length, all.length);
      first = -1;
      frame.scrollTop = 0;
      paint();
    };

    sortable(heads, (index, direction) => {
      const column = columns[index];
      const places = ranks(column);
      const sort = (list) =>
        [...list].sort((a, b) => direction * (places[column.index[a]] - places[column.index[b]]) || a - b);
      order = sort(order);
      rows = rows === all || rows.length === all.length ? order : sort(rows);
      refresh();
    });
    input.addEventListener('input', () => {
      const wanted = input.value.toLowerCase();
      // Each distinct value is looked at once, however many rows have it.
      const hits = columns.map(({ distinct }) => distinct.map((value) => String(value).toLowerCase().includes(wanted)));
      rows = wanted === '' ? order : order.filter((row) => columns.some((column, i) => hits[i][column.index[row]]));
      refresh();
    });
    frame.addEventListener('scroll', () => requestAnimationFrame(paint), { passive: true });
    body.addEventListener('click', ({ target }) => {
      const row = target.closest('tr')?.querySelector('[data-row]')?.dataset.row;
      if (row !== undefined) show(facts(columns, why, Number(row)));
    });
    refresh();
  };

  /** Shows the rows of a table that hold a text. */
  const search = (section, text) => {
    const grid = section.querySelector('.grid');
    if (grid.childElementCount === 0) draw(grid);
    section.scrollIntoView();
    const input = grid.querySelector('input');
    input.value = text;
    input.dispatchEvent(new Event('input'));
    input.focus({ preventScroll: true });
  };

  const facts = (columns, why, row) => {
    const list = columns.map((column) =>
      el('div', {}, el('dt', {}, column.title), el('dd', {}, String(cell(column, row)))),
    );
    const explained = why[cell(columns[4], row)];
    const button = el('button', { type: 'button', className: 'open' }, 'What the rule did with its first event');
    if (explained !== undefined) button.dataset.open = explained;
    return [
      el('h2', {}, 'Alert'),
      el('dl', { className: 'ground' }, ...list),
      ...(explained === undefined ? [] : [el('p', {}, button)]),
    ];
  };

  const dialog = document.getElementById('details');
  const pages = [];
  /** Shows something in the dialog; what was there before comes back when it is closed. */
  const show = (nodes) => {
    const place = dialog.querySelector('.body');
    if (dialog.open) pages.push([...place.childNodes]);
    place.replaceChildren(...nodes);
    dialog.setAttribute('aria-label', place.querySelector('h2').textContent);
    if (!dialog.open) dialog.showModal();
    for (const grid of place.querySelectorAll('.grid:empty')) draw(grid);
    dialog.scrollTop = 0;
  };
  const back = (event) => {
    const before = pages.pop();
    if (before === undefined) return;
    event.preventDefault();
    dialog.querySelector('.body').replaceChildren(...before);
  };
  dialog.addEventListener('cancel', back);
  dialog.querySelector('form').addEventListener('submit', back);
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener('close', () => {
    pages.length = 0;
  });

  document.addEventListener('click', ({ target }) => {
    const { open } = target.closest?.('button.open')?.dataset ?? {};
    if (open !== undefined) show([...document.getElementById(open).content.cloneNode(true).childNodes]);
    const { find, among } = target.closest?.('button.find')?.dataset ?? {};
    if (find !== undefined) search(document.getElementById(among), find);
  });
  for (const box of document.querySelectorAll('.sortable')) enhance(box);
  const seen = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        seen.unobserve(target);
        if (target.childElementCount === 0) draw(target);
      }
    },
    { rootMargin: '200px' },
  );
  for (const grid of document.querySelectorAll('main .grid')) seen.observe(grid);
})();
