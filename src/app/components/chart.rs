//! One plot on a card: a sentence, the drawing in two widths of which the style shows one, and the table behind it.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A plot, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chart {
    /// For the ids on the page.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// What there is to be seen, or why there is nothing to draw.
    pub words: String,
    /// The drawing; none where there is nothing to draw.
    pub drawings: Option<Drawings>,
    /// The numbers behind it.
    pub table: Table,
}

/// One drawing as SVG, for a wide screen and for a phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawings {
    /// For a wide screen.
    pub wide: String,
    /// For a phone.
    pub narrow: String,
}

/// The first column names a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// The heads of the columns.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

/// The card.
#[component]
pub fn ChartCard(
    /// What it shows.
    chart: Chart,
) -> impl IntoView {
    let Chart { id, title, words, drawings, table } = chart;
    let (title_id, words_id) = (format!("{id}-title"), format!("{id}-words"));
    let drawn = drawings.map(|Drawings { wide, narrow }| {
        view! {
            <div class="plot wide" inner_html=wide></div>
            <div class="plot narrow" inner_html=narrow></div>
        }
    });
    let caption = format!("{title}, in numbers");
    let numbers = (!table.rows.is_empty()).then(|| view! { <Numbers table caption /> });
    view! {
        <section class="card chart" aria-labelledby=title_id.clone()>
            <h3 id=title_id.clone()>{title}</h3>
            <p class="chart-words" id=words_id>
                {words}
            </p>
            {drawn}
            {numbers}
        </section>
    }
}

#[component]
fn Numbers(table: Table, caption: String) -> impl IntoView {
    let heads = table.columns.into_iter().map(|head| view! { <th scope="col">{head}</th> }).collect_view();
    let rows = table.rows.into_iter().map(|row| {
        let mut cells = row.into_iter();
        let name = cells.next();
        view! {
            <tr>
                <th scope="row">{name}</th>
                {cells.map(|cell| view! { <td>{cell}</td> }).collect_view()}
            </tr>
        }
    });
    let (hint, label) = (format!(": {caption}"), caption.clone());
    view! {
        <details class="numbers">
            <summary>"Show the numbers"<span class="visually-hidden">{hint}</span></summary>
            <div class="scroller" tabindex="0" role="region" aria-label=label>
                <table>
                    <caption class="visually-hidden">{caption}</caption>
                    <thead>
                        <tr>{heads}</tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        </details>
    }
}
