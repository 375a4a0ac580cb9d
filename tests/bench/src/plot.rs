//! A picture of the report: warm and cold CPU of accepting a message, build by build.

use std::{error::Error, path::Path};

use plotters::prelude::*;

use crate::report::{Report, Row};

const SIZE: (u32, u32) = (900, 360);
const CPU: RGBColor = RGBColor(47, 111, 171);

pub(crate) fn draw(report: &Report, file: &Path) -> Result<(), Box<dyn Error>> {
    let first = report.rows.first().map(|row| row.operation);
    let rows: Vec<&Row> = report
        .rows
        .iter()
        .filter(|row| row.transport == "https" && Some(row.operation) == first)
        .collect();
    let area = SVGBackend::new(file, SIZE).into_drawing_area();
    area.fill(&WHITE)?;
    let panels = area.split_evenly((1, 2));
    let [warm, cold] = panels.as_slice() else { return Ok(()) };
    bars(warm, "CPU of a warm call, µs", &rows, |row| row.figures.warm_cpu_seconds * 1e6)?;
    bars(cold, "CPU from exec to the first answer, ms", &rows, |row| {
        row.figures.cold_cpu_seconds * 1e3
    })?;
    area.present()?;
    Ok(())
}

/// One bar for each build, with its value on top.
fn bars<B: DrawingBackend>(
    area: &DrawingArea<B, plotters::coord::Shift>,
    title: &str,
    rows: &[&Row],
    value: impl Fn(&Row) -> f64,
) -> Result<(), Box<dyn Error>>
where
    B::ErrorType: 'static,
{
    let names: Vec<String> = rows.iter().map(|row| row.build.clone()).collect();
    let highest = rows.iter().map(|row| value(row)).fold(0.0, f64::max) * 1.15;
    let count = i32::try_from(rows.len())?;
    let mut chart = ChartBuilder::on(area)
        .caption(title, ("sans-serif", 16))
        .margin(12)
        .x_label_area_size(28)
        .y_label_area_size(56)
        .build_cartesian_2d((0..count).into_segmented(), 0.0..highest)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .x_labels(rows.len())
        .x_label_formatter(&|position| match position {
            SegmentValue::CenterOf(index) => usize::try_from(*index)
                .ok()
                .and_then(|index| names.get(index).cloned())
                .unwrap_or_default(),
            _ => String::new(),
        })
        .draw()?;
    for (index, row) in (0..).zip(rows) {
        let value = value(row);
        let mut bar = Rectangle::new(
            [(SegmentValue::Exact(index), 0.0), (SegmentValue::Exact(index + 1), value)],
            CPU.filled(),
        );
        bar.set_margin(0, 0, 18, 18);
        chart.draw_series([bar])?;
        let label = Text::new(
            format!("{value:.1}"),
            (SegmentValue::CenterOf(index), value * 1.03),
            ("sans-serif", 13).into_font(),
        );
        chart.draw_series([label])?;
    }
    Ok(())
}
