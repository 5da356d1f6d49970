//! x
pub fn listen(input: impl std::io::Read, output: impl std::io::Write, model: Option<&str>) -> Result<(), crate::core::problem::Problem> {
    crate::voice::listen(input, output, model)
}
