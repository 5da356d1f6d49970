//! Where a link may lead. A cloud engine's answer must not make this program ask the person's own network, be it by an address, by a
//! name that means one, or by a detour; an engine that itself lies there may.

use std::error::Error;
use std::net::SocketAddr;

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::engines::reach::{self, Reach};

/// Variables by which a proxy is set.
const PROXIES: [&str; 6] = ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];

/// Looks names up and leaves out what may not be asked.
#[derive(Clone, Debug)]
pub(super) struct Walls {
    from: Reach,
    /// The engine's own host, which is asked anyway.
    own: String,
    /// Proxies that the person has set: a link reaches them first, and they usually stand in the person's own network.
    proxies: Vec<String>,
}

#[derive(Debug, thiserror::Error)]
#[error("the name means a machine of this network")]
struct Inside;

/// Whether a link may be followed, as far as its text tells; why not.
pub(super) fn check(home: &Url, url: &Url) -> Result<(), String> {
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err("its link is none of the web".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("its link holds a name or password".to_owned());
    }
    let own = url.host_str() == home.host_str();
    if own || reach::may_name(reach::of(home), reach::of(url)) {
        Ok(())
    } else {
        Err("its link leads into this network".to_owned())
    }
}

/// Whether a request failed because of these walls.
pub(super) fn refused(error: &reqwest::Error) -> bool {
    let mut inner: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = inner {
        if error.is::<Inside>() {
            return true;
        }
        inner = error.source();
    }
    false
}

impl Walls {
    pub(super) fn around(home: &Url) -> Walls {
        let proxies = PROXIES.iter().filter_map(|name| std::env::var(name).ok()).filter_map(|address| proxy_host(&address));
        Walls { from: reach::of(home), own: home.host_str().unwrap_or_default().to_owned(), proxies: proxies.collect() }
    }

    /// Of the machines that a name means, those that may be asked.
    fn let_through(&self, name: &str, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, Inside> {
        let own = self.proxies.iter().chain([&self.own]).any(|known| name.eq_ignore_ascii_case(known));
        let open = |address: &SocketAddr| own || reach::may_name(self.from, reach::of_ip(address.ip()));
        let through: Vec<SocketAddr> = found.iter().copied().filter(open).collect();
        if through.is_empty() && !found.is_empty() { Err(Inside) } else { Ok(through) }
    }
}

/// A proxy's host, with or without a scheme before it.
fn proxy_host(address: &str) -> Option<String> {
    let whole = if address.contains("://") { address.to_owned() } else { format!("http://{address}") };
    Url::parse(&whole).ok()?.host_str().map(str::to_owned)
}

impl Resolve for Walls {
    fn resolve(&self, name: Name) -> Resolving {
        let walls = self.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let through = walls.let_through(name.as_str(), found)?;
            Ok(Box::new(through.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(home: &str, link: &str) -> bool {
        check(&Url::parse(home).unwrap(), &Url::parse(link).unwrap()).is_ok()
    }

    #[test]
    fn a_cloud_leads_into_no_home() {
        let cloud = "https://api.example.com/v1";
        assert!(open(cloud, "https://cdn.example.net/a.mp4?sig=1") && open(cloud, "http://cdn.example.net/a.mp4"));
        for inside in
            ["http://127.0.0.1:22/", "http://localhost/", "http://192.168.0.1/", "http://169.254.169.254/latest", "http://nas/"]
        {
            assert!(!open(cloud, inside), "{inside}");
        }
        for odd in ["file:///etc/passwd", "ftp://a.example/x", "https://name:word@cdn.example.net/"] {
            assert!(!open(cloud, odd), "{odd}");
        }
    }

    #[test]
    fn an_engine_at_home_leads_there() {
        assert!(
            open("http://127.0.0.1:8188", "http://127.0.0.1:9000/x") && open("http://192.168.0.5:8188", "http://192.168.0.5/x")
        );
        assert!(
            !open("http://192.168.0.5:8188", "http://127.0.0.1/x") && !open("http://127.0.0.1:8188", "http://169.254.169.254/")
        );
    }

    /// Every name means this machine, as one that a thief has set up would.
    struct Lying(Walls);

    impl Resolve for Lying {
        fn resolve(&self, name: Name) -> Resolving {
            let through = self.0.let_through(name.as_str(), vec![SocketAddr::new("127.0.0.1".parse().unwrap(), 0)]);
            Box::pin(async move { Ok(Box::new(through?.into_iter()) as Addrs) })
        }
    }

    #[tokio::test]
    async fn a_name_that_lies_is_told_from_a_line_that_broke() {
        let walls = Walls::around(&Url::parse("https://api.example.com").unwrap());
        let client = reqwest::Client::builder().no_proxy().dns_resolver(std::sync::Arc::new(Lying(walls))).build().unwrap();
        assert!(refused(&client.get("http://cdn.example.net:1/clip.mp4").send().await.unwrap_err()));
        // The engine's own host is let through, and nobody answers there.
        assert!(!refused(&client.get("http://api.example.com:1/clip.mp4").send().await.unwrap_err()));
    }

    #[test]
    fn a_proxy_of_ones_own_is_passed() {
        let known = ["http://proxy.corp:3128", "proxy.corp:3128", "https://name:word@proxy.corp"];
        assert!(known.iter().all(|address| proxy_host(address).as_deref() == Some("proxy.corp")));
        let walls = Walls { from: Reach::Public, own: "api.example.com".into(), proxies: vec!["proxy.corp".into()] };
        assert!(walls.let_through("proxy.corp", vec![SocketAddr::new("10.0.0.1".parse().unwrap(), 0)]).is_ok());
    }

    #[test]
    fn a_name_is_what_it_means() {
        let walls = Walls::around(&Url::parse("https://api.example.com").unwrap());
        let addresses = |list: &[&str]| list.iter().map(|ip| SocketAddr::new(ip.parse().unwrap(), 0)).collect::<Vec<_>>();
        let mixed = addresses(&["8.8.8.8", "10.0.0.1", "::1"]);
        assert_eq!(walls.let_through("cdn.example.net", mixed).unwrap(), addresses(&["8.8.8.8"]));
        assert!(walls.let_through("cdn.example.net", addresses(&["10.0.0.1"])).is_err());
        assert!(walls.let_through("api.example.com", addresses(&["10.0.0.1"])).is_ok());
    }
}
