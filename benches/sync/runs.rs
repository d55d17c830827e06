//! How long runs take, beside their floor.

use crate::{
    Result,
    measure::{Sample, in_own_process},
    place::Place,
    real_debrid::RealDebrid,
};

/// How long runs took.
#[derive(Default)]
pub(crate) struct Figures {
    pub(crate) first: Vec<Sample>,
    pub(crate) floor: Vec<Sample>,
    pub(crate) floor_in_batches: Vec<Sample>,
    pub(crate) reading: Vec<Sample>,
    pub(crate) unchanged: Vec<Sample>,
    pub(crate) changed: Vec<Sample>,
}

/// Takes every figure `rounds` times; what is compared is taken one right after the other.
pub(crate) async fn measure(rounds: usize, real_debrid: &mut RealDebrid, place: &Place) -> Result<Figures> {
    let kept = "ours-1";
    let mut figures = Figures::default();
    for round in 1..=rounds {
        first(round, real_debrid, place, &mut figures).await?;
    }
    for round in 1..=rounds {
        figures.unchanged.push(take("ours", real_debrid, place, kept).await?);
        progress(round, &figures.unchanged, "a run with nothing changed");
    }
    for round in 1..=rounds {
        figures.reading.push(take("reading", real_debrid, place, kept).await?);
        progress(round, &figures.reading, "only reading both lists");
        real_debrid.change_one_in_a_hundred()?;
        figures.changed.push(take("ours", real_debrid, place, kept).await?);
        progress(round, &figures.changed, "a run with 1 % changed");
    }
    place.remove(kept).await?;
    Ok(figures)
}

/// A first full sync and both floors, of which only the first round's sync stays.
async fn first(round: usize, real_debrid: &RealDebrid, place: &Place, figures: &mut Figures) -> Result<()> {
    let (ours, floor) = (format!("ours-{round}"), format!("floor-{round}"));
    for name in [&ours, &floor] {
        place.remove(name).await?;
    }
    figures.first.push(take("ours", real_debrid, place, &ours).await?);
    progress(round, &figures.first, "a first full sync");
    figures.floor.push(take("floor", real_debrid, place, &floor).await?);
    progress(round, &figures.floor, "the floor");
    if round == 1 {
        place.check_same_rows(&ours, &floor).await?;
    } else {
        place.remove(&ours).await?;
    }
    place.remove(&floor).await?;
    figures.floor_in_batches.push(take("floor-in-batches", real_debrid, place, &floor).await?);
    progress(round, &figures.floor_in_batches, "the floor in batches");
    place.remove(&floor).await
}

async fn take(role: &str, real_debrid: &RealDebrid, place: &Place, name: &str) -> Result<Sample> {
    place.settle().await?;
    in_own_process(role, real_debrid, &place.address(name))
}

fn progress(round: usize, samples: &[Sample], what: &str) {
    if let Some(last) = samples.last() {
        eprintln!("{round}: {what}: {last}");
    }
}
